"""A webhook against a real HTTP server: signature, refusal, silence."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from relance.delivery.smtp import TransmissionResult
from relance.delivery.webhook import Hook, body, post, signature, verify
from relance.letters import sample
from relance.letters.document import Studio
from relance.model import Channel, Tone

SECRET = "a-secret-of-some-length"


@pytest.fixture
def receiver():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.taken.append((dict(self.headers), content))
            if self.server.status is None:
                self.connection.close()
                return
            self.send_response(self.server.status)
            self.send_header("Location", "http://127.0.0.1/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken, server.status = [], 204
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver):
    return Hook(f"http://127.0.0.1:{receiver.server_port}/in", SECRET, timeout=5)


def test_the_receiver_can_verify_what_it_gets(receiver, hook):
    assert post(hook, b'{"a":1}', key="m-1", timestamp=1_790_000_000).result is TransmissionResult.SENT
    ((headers, content),) = receiver.taken
    assert headers["Idempotency-Key"] == "m-1"
    assert verify(SECRET, headers["Relance-Signature"], content, now=1_790_000_010)
    assert not verify(SECRET, headers["Relance-Signature"], content + b" ", now=1_790_000_010)
    assert not verify("another-secret-of-length", headers["Relance-Signature"], content, now=1_790_000_010)
    assert not verify(SECRET, headers["Relance-Signature"], content, now=1_790_000_400), "an old message is not played again"


@pytest.mark.parametrize(
    ("status", "result"),
    [(400, TransmissionResult.FAILED), (429, TransmissionResult.NOT_SENT), (503, TransmissionResult.NOT_SENT), (500, TransmissionResult.UNCLEAR), (401, TransmissionResult.NOT_SENT), (404, TransmissionResult.NOT_SENT), (403, TransmissionResult.NOT_SENT), (302, TransmissionResult.NOT_SENT), (308, TransmissionResult.NOT_SENT), (415, TransmissionResult.NOT_SENT), (422, TransmissionResult.FAILED)],
)
def test_an_answer_says_what_came_of_it(receiver, hook, status, result):
    receiver.status = status
    outcome = post(hook, b"{}", key="m", timestamp=1)
    assert outcome.result is result
    assert outcome.stop == (status in (401, 403, 404, 429, 302, 308, 415)), "what is the sender's own stops the sending"
    assert len(receiver.taken) == 1, "a redirection is not followed"


def test_a_connection_that_dies_is_unclear_and_one_that_is_refused_is_not(receiver, hook):
    receiver.status = None
    assert post(hook, b"{}", key="m", timestamp=1).result is TransmissionResult.UNCLEAR
    receiver.shutdown()
    receiver.server_close()
    refused = post(hook, b"{}", key="m", timestamp=1)
    assert refused.result is TransmissionResult.NOT_SENT
    assert refused.stop


@contextmanager
def answering(piece, pause):
    """A receiver that takes the request whole and answers with the same piece again and again, with a pause between."""
    over = threading.Event()

    def serve(server):
        line, _ = server.accept()
        with line:
            line.recv(65536)
            while not over.wait(pause):
                try:
                    line.sendall(piece)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/in"
        over.set()
        thread.join(5)


def test_a_receiver_that_never_ends_its_answer_is_cut_off_and_what_it_took_is_unclear():
    with answering(b"H", 0.02) as url:  # never silent as long as the timeout, and never done
        found = post(Hook(url, SECRET, timeout=5, limit=1), b"{}", key="m", timestamp=1)
    assert found.result is TransmissionResult.UNCLEAR
    assert not found.stop


def test_an_answer_that_is_no_http_is_unclear_and_does_not_stop_a_send():
    with answering(b"nonsense\r\n\r\n", 0.02) as url:
        assert post(Hook(url, SECRET, timeout=5), b"{}", key="m", timestamp=1).result is TransmissionResult.UNCLEAR


@pytest.mark.parametrize(
    "header", ["", "t", "t=", "t=²,v1=x", "t=" + "9" * 5000 + ",v1=x", "t=1790000000,v1=é", "t=1790000000,v1=\udce9", "=,=", "t=-1,v1=x", "\x00", "t=1790000000", "t=1790000000,v1=" + chr(0xD800), None]
)
def test_no_header_makes_verifying_stumble(header):
    assert verify(SECRET, header, b"{}", now=1_790_000_010) is False


def test_a_receiver_whose_certificate_is_not_trusted_was_told_nothing(tmp_path):
    """A server that signed its own certificate: nothing of the message was sent, so nothing is unclear."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = built.not_valid_before(begin).not_valid_after(begin + timedelta(days=36_500)).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            line, _ = listener.accept()
            with suppress(OSError), context.wrap_socket(line, server_side=True):
                pass

        threading.Thread(target=serve, daemon=True).start()
        done = post(Hook(f"https://localhost:{listener.getsockname()[1]}/", SECRET, timeout=5), b"{}", key="k", timestamp=1)
    assert (done.result, done.stop) == (TransmissionResult.NOT_SENT, True)
    assert "certificate" in done.words


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://example.org/x", SECRET), ("ftp://example.org", SECRET), ("https://example.org", "short"), ("file:///etc/passwd", SECRET)],
)
def test_an_open_or_weak_webhook_is_refused(url, secret):
    assert Hook(url, secret).mistake()


def test_the_signature_is_what_the_documentation_says():
    assert signature("key-of-sixteen-ch", 1, b"x").startswith("t=1,v1=")
    assert len(signature("key-of-sixteen-ch", 1, b"x")) == len("t=1,v1=") + 64


def test_a_text_message_as_json():
    case = sample.facts()
    action = sample.action(case, channel=Channel.SMS, tone=Tone.COURTEOUS)
    with Studio() as studio:
        value = json.loads(body([action], studio.make([action], case)))
    assert value["channel"] == "sms"
    assert value["document"]["to"] == ["+33612345678"]
    assert value["actions"][0]["claimed"]["total"] == "1000.00"
    assert "€" not in value["document"]["files"][0]["text"]
