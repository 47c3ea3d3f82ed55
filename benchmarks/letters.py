"""How many letters an office gets: the sample of a first start played through, and its letters by office and week.

    python benchmarks/letters.py

Sends nothing: the sample goes to the local mailbox of a temporary directory.
"""

import tempfile
from collections import Counter
from datetime import date, timedelta

from sqlmodel import col, select

from config.clock import HANOI, now
from config.contacts.desks import Desk
from config.settings import load_settings
from models.keeping.opening import open_store
from models.store.database import reading_session
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message, Notice
from rehearsal.sample import build_sample


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings({"DONDOC_DATA_DIR": home, "DONDOC_SAMPLE": "1", "DONDOC_CONTACTS": ""})
        build_sample(settings, now())
        with open_store(settings) as store, reading_session(store.engine) as session:
            sent = select(Message.id, Message.office, Message.desk, Message.sent_at, Message.body_text)
            letters = session.exec(sent.where(col(Message.state) == MessageState.SENT)).all()
            told = Counter(
                (number, about)
                for number, about in session.exec(select(Notice.message_id, Notice.assignment_id))
                if number is not None
            )
    offices = Counter(office for _, office, desk, _, _ in letters if desk in (Desk.FOCAL, Desk.HEAD))
    weeks = {_monday(at.astimezone(HANOI).date()) for *_, at, _ in letters if at is not None}
    minutes = Counter((office, desk, f"{at:%Y%m%d%H%M}") for _, office, desk, at, _ in letters if at is not None)
    number, most = len(weeks), offices.most_common(1)[0]
    print(f"letters                                  {len(letters)} in {number} weeks")
    print(f"to offices (focal point, head)           {sum(offices.values())} to {len(offices)}")
    print(f"per office and week, mean                {sum(offices.values()) / len(offices) / number:.2f}")
    print(f"to the office that gets most             {most[1]} ({most[0]}), {most[1] / number:.1f} a week")
    print(f"most letters to one desk in a minute     {max(minutes.values())}")
    print(f"second and further ones of a minute      {sum(count - 1 for count in minutes.values())}")
    print(f"several notices of one assignment in a letter  {sum(count > 1 for count in told.values())}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


if __name__ == "__main__":
    main()
