"""The verbs: everything that can happen to an assignment once it is assigned, each in the caller's one transaction.

A verb checks the transition, writes the fact, its audit event and its notices. It never commits, never sends and never
reads the clock. Several verbs, on one assignment or on many, may be called within one transaction; what may be refused
without losing the rest goes into a savepoint of its own (``session.begin_nested()``).
"""

from models.work.verbs.asking import answer as answer
from models.work.verbs.asking import ask as ask
from models.work.verbs.contributing import contribute as contribute
from models.work.verbs.coordinator import accept as accept
from models.work.verbs.coordinator import grant_extension as grant_extension
from models.work.verbs.coordinator import refuse_extension as refuse_extension
from models.work.verbs.coordinator import resume as resume
from models.work.verbs.coordinator import return_ as return_
from models.work.verbs.coordinator import suspend as suspend
from models.work.verbs.coordinator import withdraw as withdraw
from models.work.verbs.office import acknowledge as acknowledge
from models.work.verbs.office import delegate as delegate
from models.work.verbs.office import report as report
from models.work.verbs.office import request_extension as request_extension
from models.work.verbs.succession import hand_over as hand_over
from models.work.verbs.taking_back import take_back as take_back
from models.work.verbs.taking_back import withdraw_request as withdraw_request
