"""Import of a bank in two steps: a dry run that shows the difference, then the same upload again, confirmed.

Between the two the upload travels through the browser, signed for the person who made it and for an hour.
So no web process keeps anything, and the confirmed bytes are those that were shown.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core import signing
from django.utils.text import slugify

from quizbank import bank_files, loading
from quizbank.bank_files import ParsedBank, ParsedTopic
from quizbank.importing_archive import one_error, read_archive
from quizbank.importing_csv import read_csv
from quizbank.loading import Change, Missing
from quizbank.models import Bank, Topic
from quizbank.problems import BankError, BankErrors

VALID_SECONDS = 3600


@dataclass(frozen=True)
class Upload:
    """What was uploaded. `bank` is the slug of the bank it is meant for; empty leaves that to the zip."""

    name: str
    data: bytes
    bank: str = ""
    keep_missing: bool = False

    @property
    def is_csv(self) -> bool:
        return self.name.lower().endswith(".csv")

    @property
    def missing(self) -> Missing:
        """A CSV holds choice questions only, so what is not in it has not gone."""
        return "keep" if self.is_csv or self.keep_missing else "draft"

    def parsed(self) -> ParsedBank:
        """The valid bank in the upload; raises BankErrors."""
        return self._csv_bank() if self.is_csv else self._zip_bank()

    def difference(self) -> list[Change]:
        """What `apply` would change; writes nothing; raises BankErrors."""
        return loading.difference(self.parsed(), missing=self.missing)

    def apply(self) -> list[Change]:
        """Store everything or nothing; raises BankErrors."""
        return loading.apply(self.parsed(), missing=self.missing)

    def sealed(self, user_id: int | None) -> str:
        values = {"name": self.name, "bank": self.bank, "keep": self.keep_missing}
        return signing.dumps(
            {**values, "data": base64.b85encode(self.data).decode()},
            salt=_salt(user_id),
            compress=self.is_csv,
        )

    @classmethod
    def unsealed(cls, text: str, user_id: int | None) -> "Upload":
        """The upload of `sealed`; raises BankErrors where it was made by another or too long ago."""
        try:
            values: dict[str, Any] = signing.loads(text, salt=_salt(user_id), max_age=VALID_SECONDS)
        except signing.BadSignature:
            minutes = VALID_SECONDS // 60
            raise one_error(
                "", f"this dry run is older than {minutes} minutes or not yours: upload the file again"
            ) from None
        return cls(values["name"], base64.b85decode(values["data"]), values["bank"], values["keep"])

    def _zip_bank(self) -> ParsedBank:
        own_name = slugify(PurePosixPath(self.name).stem)[:60]
        return bank_files.read_bank(read_archive(self.data, self.bank, own_name or "bank"))

    def _csv_bank(self) -> ParsedBank:
        bank = Bank.objects.filter(slug=self.bank).first()
        if bank is None:
            raise one_error(self.name, "choose the bank that the questions go to: a CSV does not name one")
        questions = read_csv(self.name, self.data)
        topics = {topic.slug: topic for topic in Topic.objects.prefetch_related("prerequisites")}
        unknown = sorted({question.topic for question in questions} - set(topics))
        if unknown:
            known = ", ".join(sorted(topics)) or "none yet"
            raise BankErrors(
                [
                    BankError(self.name, 0, "topic", f"there is no topic {slug!r} (there are: {known})")
                    for slug in unknown
                ]
            )
        used = [topics[slug] for slug in sorted({question.topic for question in questions})]
        return ParsedBank(
            bank.slug, bank.title, bank.description, tuple(map(_as_it_is, used)), tuple(questions)
        )


def fingerprint(changes: Sequence[Change]) -> str:
    """Tells whether the database has moved on between the dry run and its confirmation."""
    return hashlib.sha256(repr(changes).encode()).hexdigest()


def _as_it_is(topic: Topic) -> ParsedTopic:
    prerequisites = tuple(sorted(other.slug for other in topic.prerequisites.all()))
    return ParsedTopic(topic.slug, topic.title, topic.order, topic.intro, prerequisites)


def _salt(user_id: int | None) -> str:
    return f"bank-import-{user_id}"
