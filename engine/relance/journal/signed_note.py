"""Signed notes (C2SP signed-note): a text, a blank line, and lines of Ed25519 signatures by named keys.

Owns keys, their one-line form (`PRIVATE+KEY+name+id+key`, and `name+id+key` for whoever verifies), signing and verifying.
Refuses to know what a note says, and where keys lie.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as Base64Error
from dataclasses import dataclass, field, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relance.errors import RelanceError
from relance.sentences import sentence

_ED25519 = b"\x01"
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - the form's first words, no secret
_NAME = re.compile(r"[^\s+]+")
_DASH = "\u2014"


NO_KEY = sentence("it is no private key as `relance journal key new` writes it")


class BadKey(RelanceError):  # noqa: N818 - it says what it is
    """A key that cannot be read. The text is for the user."""


def _id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and its name; `id` are the four bytes by which a signature names it."""

    name: str
    key: bytes

    @classmethod
    def read(cls, text: str) -> Verifier:
        """Read the one-line form. Raises BadKey."""
        name, key = _parts(text)
        return cls(name, key)

    @property
    def id(self) -> bytes:
        """Return the key's id under its name."""
        return _id(self.name, self.key)

    def named(self, name: str) -> Verifier:
        """Return the same key under another name."""
        return replace(self, name=name)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.key).decode()}"

    def opened(self, note: str) -> str | None:
        """Return the text of a note that this key signed; None where it did not."""
        text, blank, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines() if blank else ():
            dash, _, rest = line.partition(" ")
            name, _, packed = rest.rpartition(" ")
            if dash != _DASH or name != self.name:
                continue
            try:
                content = base64.b64decode(packed, validate=True)
                if content[:4] == self.id:
                    Ed25519PublicKey.from_public_bytes(self.key).verify(content[4:], f"{text}\n".encode())
                    return f"{text}\n"
            except (Base64Error, ValueError, InvalidSignature):
                continue
        return None


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its name."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def new(cls, name: str) -> Signer:
        """Draw a key. Raises BadKey where the name is none: no spaces, no plus."""
        if not _NAME.fullmatch(name):
            raise BadKey(sentence("'{name}' is no name of a key: it has no space and no '+'", name=name))
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> Signer:
        """Read the one-line form. Raises BadKey."""
        if not text.startswith(_SECRET):
            raise BadKey(NO_KEY)
        name, seed = _parts(text.removeprefix(_SECRET), private=True)
        return cls(name, seed)

    @property
    def verifier(self) -> Verifier:
        """Return the public key."""
        return Verifier(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def written(self) -> str:
        """Write the one-line form, which is the secret."""
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{base64.b64encode(_ED25519 + self.seed).decode()}"

    def signed(self, text: str, *, name: str) -> str:
        """Sign a text, which ends in a newline, under a name of the key's; return the note."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        packed = base64.b64encode(self.verifier.named(name).id + signature).decode()
        return f"{text}\n{_DASH} {name} {packed}\n"


def _parts(text: str, *, private: bool = False) -> tuple[str, bytes]:
    """Take the one-line form apart: name, and 32 bytes of a key whose id fits. Raises BadKey."""
    name, _, rest = text.strip().partition("+")
    said, _, packed = rest.partition("+")
    try:
        content = base64.b64decode(packed, validate=True)
    except (Base64Error, ValueError):
        content = b""
    if not _NAME.fullmatch(name) or len(content) != 33 or content[:1] != _ED25519:
        raise BadKey(sentence("it is no key as `relance journal key new` writes it"))
    key = content[1:]
    public = Signer(name, key).verifier.key if private else key
    if _id(name, public).hex() != said:
        raise BadKey(sentence("the key was changed: its id does not fit"))
    return name, key
