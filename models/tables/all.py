"""Every table, imported in one place so that migrations see them all."""

from models.store import audit_event as audit_event
from models.tables import account as account
from models.tables import anchor as anchor
from models.tables import assignment as assignment
from models.tables import deed as deed
from models.tables import edition as edition
from models.tables import machine_clock as machine_clock
from models.tables import office as office
from models.tables import outbox as outbox
from models.tables import party as party
from models.tables import report as report
from models.tables import tally as tally
