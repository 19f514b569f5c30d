"""Time-stamps by RFC 3161, from an authority of our own: `openssl ts` behind an HTTP server, asked over the wire and verified offline."""

import json
import shutil
import subprocess
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from relance.cli import main
from relance.delivery.time_authority import TimeAuthority
from relance.delivery.witnesses import WitnessPlace, checkpoints_in, witness
from relance.journal import checkpoints
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.signed_note import Signer
from relance.journal.timestamps import BadTimestamp, question, stamped, timestamps
from relance.journal.verification import verify
from relance.model import Creditor, Debtor, Invoice

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="`openssl ts` is the authority here")
NOTE = "agence.example/atelier\n3\nAAAA\n\n\u2014 agence.example/atelier AAAA\n"
KEY = Signer.new("agence.example")


def certificate(name, key, issuer, issuer_key, *extensions):
    """Make a certificate that was valid for years and will be."""
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=3650)).not_valid_after(now + timedelta(days=3650))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority with a root of its own, and how it is to answer: `mood` is `well`, `refuses`, `down` or `nonsense`."""
    folder = tmp_path_factory.mktemp("tsa")
    root_key, own_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")])
    root = certificate("Root", root_key, name, root_key, (x509.BasicConstraints(ca=True, path_length=None), True))
    own = certificate("Time", own_key, name, root_key, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True))
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "own.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    (folder / "own.key").write_bytes(pem(own_key))
    (folder / "serial").write_text("01\n")
    lines = [
        "[tsa]", "default_tsa = here", "[here]", f"serial = {folder}/serial", f"signer_cert = {folder}/own.pem", f"signer_key = {folder}/own.key",
        "signer_digest = sha256", "default_policy = 1.2.3.4.1", "digests = sha256", "ess_cert_id_alg = sha256",
    ]  # fmt: skip
    (folder / "conf").write_text("\n".join(lines) + "\n")

    class Server(BaseHTTPRequestHandler):
        mood = "well"

        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            if self.mood == "refuses":  # what it cannot read, `openssl ts` rejects as a granted answer's opposite
                asked = asked.replace(bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040203"))
            if self.mood == "down":
                self.send_error(503)
                return
            (folder / "asked").write_bytes(asked)
            command = ["openssl", "ts", "-reply", "-config", f"{folder}/conf", "-queryfile", f"{folder}/asked", "-out", f"{folder}/answer"]
            subprocess.run(command, check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(b"<html>" if self.mood == "nonsense" else (folder / "answer").read_bytes())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Server.folder, Server.url = folder, f"http://127.0.0.1:{server.server_address[1]}/tsr"
    Server.client = TimeAuthority(Server.url, (root,))
    yield Server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def well(authority):
    authority.mood = "well"


def now():
    return datetime.now(UTC)


def test_a_note_is_stamped_and_the_stamp_verified_without_the_authority(authority):
    note = authority.client.stamped(NOTE, now())
    assert note.startswith(NOTE)
    (stamp,) = timestamps(note, authority.client.roots)
    assert abs(stamp.at - now()) < timedelta(minutes=10)
    assert stamp.by == "127.0.0.1/tsr"


def test_what_openssl_says_of_the_same_stamp(authority, tmp_path):
    import base64

    line = authority.client.stamped(NOTE, now()).splitlines()[-1]
    (tmp_path / "note").write_text(NOTE)
    (tmp_path / "answer").write_bytes(base64.b64decode(line.split()[-1])[4:])
    command = ["openssl", "ts", "-verify", "-data", tmp_path / "note", "-in", tmp_path / "answer", "-CAfile", authority.folder / "root.pem"]
    assert b"Verification: OK" in subprocess.run(command, check=True, capture_output=True).stdout


def test_a_stamp_of_another_note_or_by_somebody_else_is_not_believed(authority):
    note = authority.client.stamped(NOTE, now())
    with pytest.raises(BadTimestamp, match="of another text"):
        list(timestamps(note.replace("\n3\n", "\n4\n"), authority.client.roots))
    stranger_key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")])
    stranger = certificate("Root", stranger_key, name, stranger_key, (x509.BasicConstraints(ca=True, path_length=None), True))
    with pytest.raises(BadTimestamp, match="does not lead to any certificate"):
        list(timestamps(note, [stranger]))
    asked = question(NOTE)
    for answer in (b"", b"<html>", (authority.folder / "answer").read_bytes()[:-9]):
        with pytest.raises(BadTimestamp, match="no time-stamp"):
            stamped(NOTE, asked, answer, "a", authority.client.roots)
    with pytest.raises(BadTimestamp, match="another question"):
        stamped(NOTE, asked, (authority.folder / "answer").read_bytes(), "a", authority.client.roots)


def test_every_byte_of_a_stamp_counts_or_changes_nothing_it_says(authority):
    import base64

    note = authority.client.stamped(NOTE, now())
    (said,) = timestamps(note, authority.client.roots)
    head, _, packed = note.rstrip("\n").rpartition(" ")
    answer = base64.b64decode(packed)
    for place in range(4, len(answer), 7):
        changed = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        try:
            assert list(timestamps(f"{head} {base64.b64encode(changed).decode()}\n", authority.client.roots)) == [said]
        except BadTimestamp:
            continue


@pytest.mark.parametrize(("mood", "words"), [("down", "503"), ("nonsense", "no time-stamp"), ("refuses", "does not give it")])
def test_an_authority_that_does_not_answer_well_is_said_in_words(authority, mood, words):
    authority.mood = mood
    with pytest.raises(BadTimestamp, match=words):
        authority.client.stamped(NOTE, now())


def test_a_clock_that_is_wrong_is_said(authority):
    with pytest.raises(BadTimestamp, match="set the clock"):
        authority.client.stamped(NOTE, now() - timedelta(hours=2))


def test_a_login_in_an_address_and_an_address_that_is_none_are_refused(authority):
    assert "login" in (TimeAuthority("https://me:secret@tsa.example", ()).mistake() or "")
    assert TimeAuthority("ftp://tsa.example", ()).mistake()
    assert TimeAuthority("http://timestamp.example/tsr", ()).mistake() is None  # a stamp is signed: most are asked in the clear


# --------------------------------------------------------------------------- a journal


def pay(journal, name):
    paid, _ = build({"on": "2026-03-02", "event": "payment.received", "invoice": name, "amount": "200.00"})
    journal.record(Creditor("atelier"), Debtor("dupont", name="Dupont"), [paid], invoices=[Invoice(name, date(2026, 2, 1), Decimal("1200.00"))], actor="marie")


def test_heads_are_stamped_evening_by_evening_and_one_without_is_said(tmp_path, authority):
    place = WitnessPlace(str(tmp_path / "checkpoints"), "")
    with Journal.open(tmp_path / "j.db", now=now) as journal:
        pay(journal, "F-1")
        assert witness(journal, KEY, [place], authority=authority.client).unstamped == ()
        authority.mood = "down"
        pay(journal, "F-2")
        report = witness(journal, KEY, [place], authority=authority.client)
        assert (report.signed, report.trouble) == (1, ())
        assert "503" in report.unstamped[0]
        (found,) = verify(journal.engine, points=checkpoints_in([place], KEY.verifier, authority.client.roots)).witnessed
        assert found.last is not None
        assert found.stamped is not None
        assert found.stamped.entries < found.last.entries
        assert checkpoints_in([place], KEY.verifier)[0].stamp is None  # who names no certificate is told of no stamp


def test_a_note_that_its_key_dated_back_is_found_by_its_stamp(tmp_path, authority):
    place = WitnessPlace(str(tmp_path / "checkpoints"), "")
    with Journal.open(tmp_path / "j.db", now=now) as journal:
        pay(journal, "F-1")
        ends, _ = checkpoints.compared(journal.engine, ())
        forged = checkpoints.signed_checkpoint(checkpoints.replace(ends[0], at=now() - timedelta(days=90)), KEY)
        asked = question(forged)
        (authority.folder / "asked").write_bytes(asked.as_bytes())
        command = ["openssl", "ts", "-reply", "-config", authority.folder / "conf", "-queryfile", authority.folder / "asked", "-out", authority.folder / "answer"]
        subprocess.run(command, check=True, capture_output=True)
        whole, _ = stamped(forged, asked, (authority.folder / "answer").read_bytes(), "a", authority.client.roots)
        (tmp_path / "checkpoints").write_text(whole)
        (broken,) = verify(journal.engine, points=checkpoints_in([place], KEY.verifier, authority.client.roots)).breaks
        assert "cannot be believed: it is of" in broken.message


def test_by_the_command_line(tmp_path, authority, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text(f"{KEY.written()}\n")
    monkeypatch.setenv("RELANCE_KEY", "key")
    monkeypatch.setenv("RELANCE_TSA", authority.url)
    with Journal.open(tmp_path / "relance.db", now=now) as journal:
        pay(journal, "F-1")
    run = CliRunner().invoke
    missing = run(main, ["evidence", "F-1", "--out", "e.zip"])
    assert (missing.exit_code, "RELANCE_TSA_CA" in missing.output) == (2, True)
    monkeypatch.setenv("RELANCE_TSA_CA", str(authority.folder / "root.pem"))
    made = run(main, ["evidence", "F-1", "--out", "e.zip"])
    assert made.exit_code == 0, made.output
    shown = run(main, ["journal", "verify"])
    assert "time-stamped up to entry" in shown.output, shown.output
    told = json.loads(run(main, ["journal", "verify", "--format", "json"]).output)
    assert told["chains"][0]["stamped"]["by"] == "127.0.0.1/tsr"
    proved = run(main, ["evidence", "verify", "e.zip", "--key", str(KEY.verifier)])
    assert "time-stamped" in proved.output, proved.output
    other = tmp_path / "other.pem"
    other.write_text((authority.folder / "own.pem").read_text().replace("A", "B", 9))
    assert run(main, ["journal", "verify", "--tsa-ca", str(other)]).exit_code == 2
