"""The studio in a real Chromium: an author's way and an operator's, with a real server, a real journal and a real mail server."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[browser]'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("there is no Chromium on this machine", allow_module_level=True)

from tests.studio.studio_house import mail_server, relance, studio_on  # noqa: E402

from relance.journal.journal import Journal  # noqa: E402


@pytest.fixture(scope="module")
def mail():
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def house(tmp_path_factory, mail):
    """A project with a journal of a morning, and the studio on it: its folder and its address."""
    root = tmp_path_factory.mktemp("maison")
    with studio_on(root, mail[1]) as address:
        yield root, address


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as run:
        made = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser, house):
    """A page of a French reader who has come in; what went wrong in the browser fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.set_default_timeout(120_000)  # of a busy machine too
    made = context.new_page()
    trouble: list[str] = []
    made.on("pageerror", lambda error: trouble.append(str(error)))
    made.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    made.goto(house[1])
    made.wait_for_url(re.compile(r"/desk"))
    yield made
    context.close()
    assert trouble == [], trouble


def base(house) -> str:
    return house[1].split("/?")[0]


def eventually(what, seconds: float = 60.0):
    """Wait until something holds, and return it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
    return found


def write(page, text: str) -> None:
    """Put a text into the editor as a person would: all of it marked, and the new one pasted over."""
    page.locator(".cm-content:visible").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def begun(page, house, name: str) -> Path:
    """Begin a playbook from a shipped one, and return its file."""
    root, _ = house
    page.goto(f"{base(house)}/write")
    page.get_by_role("button", name="nouveau scénario").click()
    page.get_by_label("nom : minuscules, chiffres, tirets").fill(name)
    page.get_by_role("button", name="commencer").click()
    page.wait_for_url(re.compile(name))
    return root / "playbooks" / f"{name}.yaml"


def text_in(editor) -> str:
    """Return the whole text of an editor, of which only the lines in view are drawn."""
    return editor.evaluate("content => content.cmView.view.state.doc.toString()")


def test_without_the_token_nothing_is_served(browser, house):
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{base(house)}/desk")
    assert answer.status == 403
    assert "relance studio" in page.content()
    assert "Calvet" not in page.content()
    context.close()


def test_an_authors_way(page, house):
    """New playbook → mistake → quick fix → days → letter → saved → its tests."""
    path = begun(page, house, "atelier")
    text = path.read_text("utf-8")
    page.get_by_text("aucune erreur").first.wait_for()

    write(page, text.replace("tone: courteous", "tone: curteous", 1))
    page.get_by_role("tab", name="Erreurs").click()
    page.get_by_role("button", name="corriger").first.click()
    page.get_by_text("aucune erreur").first.wait_for()

    page.get_by_role("tab", name="Dates").click()
    page.get_by_role("button", name="mise-en-demeure").wait_for()
    page.get_by_role("button", name="mise-en-demeure").click()
    letter = page.get_by_role("img", name=re.compile("page 1 de la lettre"))
    letter.wait_for(timeout=120_000)
    eventually(lambda: letter.evaluate("image => image.naturalWidth") > 500)

    page.get_by_role("tab", name="Le dossier").click()
    page.get_by_label("ce qui arrive, une chose par ligne").fill(f"{time.strftime('%Y-%m-%d')} payment.received 1200.00")
    page.get_by_role("tab", name="Dates").click()
    def paid(after: int):
        return page.get_by_role("button", name=re.compile(f"{date.today() + timedelta(after)} : payment.received 1200.00"))

    paid(0).wait_for()
    paid(0).focus()
    page.keyboard.press("ArrowDown")
    paid(7).wait_for()
    eventually(lambda: page.evaluate("document.activeElement.dataset.happening") == "0")  # it goes on with the next key
    page.keyboard.press("ArrowRight")
    paid(8).wait_for()
    paid(8).drag_to(page.locator(f'[data-day="{date.today() + timedelta(12)}"]'))
    paid(12).wait_for()

    page.get_by_role("tab", name="Le dossier").click()
    page.get_by_label("nom du test").fill("payé un peu tard")
    page.get_by_role("button", name="le garder comme test").click()
    eventually(lambda: "payé un peu tard" in path.with_name("atelier.test.yaml").read_text("utf-8"))
    page.get_by_role("tab", name="Tests").click()
    page.get_by_text("payé un peu tard").wait_for(timeout=120_000)

    page.get_by_role("tab", name="Échelle").click()
    page.get_by_text(re.compile("ne part pas")).first.wait_for()
    page.get_by_role("tab", name="Le dossier").click()
    page.get_by_label("faire arriver").click()
    page.get_by_role("option", name="une étape sautée").click()
    page.get_by_role("button", name="ajouter", exact=True).click()
    eventually(lambda: "action.skipped rappel-avant-echeance" in page.get_by_label("ce qui arrive, une chose par ligne").input_value())

    write(page, text + "# à moi\n")
    page.keyboard.press("Control+s")
    eventually(lambda: path.read_text("utf-8").endswith("# à moi\n"))
    page.get_by_role("tab", name="Tests").click()
    page.get_by_text("check_circle").first.wait_for(timeout=120_000)
    assert page.get_by_text("cancel").count() == 0


def test_a_version_is_compared_and_what_no_test_reaches_is_shown(page, house):
    """A later step, beside what is saved; a step that no test makes due; the book as it would be signed."""
    root, _ = house
    text = (root / "playbooks" / "maison.yaml").read_text("utf-8")
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    page.get_by_role("tab", name="Tests").click()
    page.get_by_text(re.compile(r"\d+ sur \d+ exercés par un test")).wait_for(timeout=120_000)

    assert "at: J+1\n" in text
    write(page, text.replace("at: J+1\n", "at: J+4\n", 1))
    page.get_by_role("tab", name="Comparer").click()
    page.get_by_role("button", name="comparer", exact=True).click()
    beside = page.get_by_role("region", name="les deux textes côte à côte")
    beside.wait_for(timeout=30_000)
    assert beside.get_by_text("at: J+1").count() == 1
    assert beside.get_by_text("at: J+4").count() == 1
    page.get_by_text(re.compile("relance-1.* : plus tard")).wait_for()

    page.get_by_role("tab", name="En clair").click()
    page.get_by_role("button", name="le livre, à lire et à signer").click()
    link = page.get_by_role("link", name="ouvrir le PDF")
    link.wait_for(timeout=120_000)
    answer = page.request.get(f"{base(house)}{link.get_attribute('href')}")
    assert answer.body().startswith(b"%PDF")


def test_from_a_new_playbook_to_a_signed_one(page, house):
    """As docs/studio.md says it: new, one field filled in, saved from where the cursor is, its book read and signed."""
    path = begun(page, house, "cabinet")
    page.get_by_text("aucune erreur").first.wait_for()
    assert "PB418" in relance("validate", "--require-signed", str(path), status=1)

    page.get_by_role("tab", name="Le formulaire").click()
    page.get_by_label(re.compile(r"\(title\)")).fill("Un mot avant l’échéance")
    page.keyboard.press("Control+s")
    eventually(lambda: "Un mot avant l’échéance" in path.read_text("utf-8"))
    page.get_by_role("tab", name="En clair").click()
    page.get_by_role("button", name="le livre, à lire et à signer").click()
    page.get_by_role("link", name="ouvrir le PDF").wait_for(timeout=120_000)
    page.get_by_role("button", name="je l’ai lu : signer").click()
    asked = page.get_by_role("dialog")
    asked.get_by_label("nom", exact=True).fill("Me Claire Martin")
    asked.get_by_label(re.compile("en quelle qualité")).fill("avocate")
    asked.get_by_role("button", name="signer", exact=True).click()
    page.get_by_text("signé : playbooks/cabinet.signed.yaml").wait_for(timeout=120_000)
    relance("validate", "--require-signed", str(path))


def test_a_step_is_written_by_a_form_and_a_word_is_offered(page, house):
    """Both ways: what is filled in stands in the text, what is typed stands in the form; what may stand at the cursor is offered."""
    root, _ = house
    text = (root / "playbooks" / "maison.yaml").read_text("utf-8")
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    page.get_by_role("tab", name="Le formulaire").click()
    page.get_by_label(re.compile(r"\(title\)")).fill("Un mot aimable")
    page.get_by_label(re.compile(r"\(title\)")).press("Tab")
    editor = page.locator(".cm-content")
    eventually(lambda: "title: Un mot aimable" in text_in(editor))
    page.get_by_label(re.compile(r"\(tone\)")).click()
    page.get_by_role("option", name=re.compile("firm")).click()
    eventually(lambda: "tone: firm" in text_in(editor).split("- id:")[1])

    write(page, text.replace("tone: courteous", "tone: neutral", 1))
    page.keyboard.press("Control+Home")
    editor.get_by_text("tone: neutral").first.click()
    page.get_by_text("neutre (neutral)").wait_for()

    write(page, f"{text.rstrip()}\n    ne")
    offered = page.get_by_label("ce qui peut se trouver ici", exact=True)
    option = page.get_by_role("option", name=re.compile("^newcomers")).first
    for _ in range(5):  # the editor takes in a moment later what was pasted, and offers what may stand in the text as it has it
        page.keyboard.press("Control+End")
        page.keyboard.press("Control+i")
        offered.wait_for()
        offered.fill("new")
        with suppress(playwright.TimeoutError):
            option.wait_for(timeout=4_000)
            break
        page.keyboard.press("Escape")
        offered.wait_for(state="detached")
        editor.focus()
    option.click()
    eventually(lambda: text_in(editor).rstrip().endswith("newcomers:"))


def test_a_history_that_breaks_a_promise_is_played(page, house):
    """The promises are held while they are looked at; the history that breaks one opens as days and letters."""
    root, _ = house
    text = (root / "playbooks" / "maison.yaml").read_text("utf-8")
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    write(page, text.replace("insolvent, ", "", 1))
    page.get_by_role("tab", name="Promesses").click()
    page.get_by_role("button", name="le jouer").first.click(timeout=120_000)
    page.get_by_role("tab", name="Dates", selected=True).wait_for()
    page.get_by_role("button", name=re.compile("insolvency.opened")).first.wait_for()


def test_who_turns_the_pages_dark_finds_the_next_one_dark(page, house):
    """Its editor too; and light again, once he turns them back."""
    back = "getComputedStyle(document.querySelector('.cm-editor')).backgroundColor"
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    light = page.evaluate(back)
    page.get_by_role("button", name="Clair ou sombre").click()
    page.locator("body.body--dark").wait_for()
    eventually(lambda: page.evaluate(back) != light)
    page.goto(f"{base(house)}/portfolio")
    page.locator("body.body--dark").wait_for()
    page.get_by_role("button", name="Clair ou sombre").click()
    page.locator("body.body--light").wait_for()
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    assert page.locator("body.body--dark").count() == 0


def test_what_is_typed_while_the_server_is_late_stays(page, house):
    """Marks, tooltips and colours that were made for an older text do not bring that text back."""
    root, _ = house
    file = root / "playbooks" / "maison.yaml"
    before, typed = file.read_text("utf-8"), "# tapé pendant que le serveur répond"

    def late(socket):
        server = socket.connect_to_server()

        def slowly(message):
            time.sleep(0.15)
            socket.send(message)

        server.on_message(slowly)

    page.route_web_socket(re.compile("socket.io"), late)
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    editor = page.locator(".cm-content:visible")
    editor.wait_for()
    page.get_by_text("aucune erreur").first.wait_for()
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type(typed, delay=160)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="playbooks/maison.yaml, non enregistré").wait_for()
    page.get_by_role("button", name="enregistrer", exact=True).click()
    eventually(lambda: file.read_text("utf-8") == f"{typed}\n{before}")
    assert text_in(editor) == f"{typed}\n{before}"
    file.write_text(before, "utf-8")


def test_several_files_are_open_and_each_keeps_what_was_typed_and_its_undo(page, house):
    root, _ = house
    first, second = "playbooks/maison.yaml", "playbooks/maison.test.yaml"
    page.goto(f"{base(house)}/write?file={first}")
    page.get_by_text("aucune erreur").first.wait_for()
    editor = page.locator(".cm-content:visible")
    before = (root / first).read_text("utf-8")
    write(page, "# de la maison\n" + before)
    page.get_by_label("fichier", exact=True).click()
    page.get_by_role("option", name=second).click()
    page.wait_for_url(re.compile("maison.test.yaml"))
    page.get_by_role("button", name=f"{first}, non enregistré").wait_for()
    eventually(lambda: "# de la maison" not in text_in(editor))
    write(page, "# des tests\n")
    page.get_by_role("button", name=f"{second}, non enregistré").wait_for()

    page.get_by_role("button", name=f"{first}, non enregistré", exact=True).click()
    eventually(lambda: "# de la maison" in text_in(editor))
    assert page.get_by_label("fichier", exact=True).input_value() == first
    editor.click()
    page.keyboard.press("Control+z")
    eventually(lambda: "# de la maison" not in text_in(editor))
    page.keyboard.press("Control+y")
    eventually(lambda: "# de la maison" in text_in(editor))
    page.goto(f"{base(house)}/desk")
    page.goto(f"{base(house)}/write?file={second}")
    eventually(lambda: text_in(editor).startswith("# des tests"))
    page.get_by_role("button", name=f"{first}, non enregistré").wait_for()
    assert (root / first).read_text("utf-8") == before
    page.get_by_role("button", name="revenir à ce qui est enregistré").click()
    page.get_by_role("button", name=second, exact=True).wait_for()
    page.get_by_role("button", name=f"fermer {first}").click()
    page.get_by_role("button", name="y renoncer").click()
    page.get_by_role("button", name=f"fermer {first}").wait_for(state="detached")


def test_a_file_is_opened_from_the_tree_of_the_project(page, house):
    page.goto(f"{base(house)}/write")
    tree = page.get_by_role("tree")
    tree.get_by_text("maison.yaml", exact=True).click()
    page.wait_for_url(re.compile(r"maison\.yaml$"))
    page.get_by_text("aucune erreur").first.wait_for()
    assert page.get_by_label("fichier", exact=True).input_value() == "playbooks/maison.yaml"
    page.get_by_role("button", name="les fichiers du projet").click()
    tree.get_by_text("Le projet", exact=True).click()  # a branch is no file
    tree.get_by_role("treeitem", name="relance.yaml").press("Enter")
    page.wait_for_url(re.compile(r"relance\.yaml$"))


def test_what_somebody_else_wrote_is_not_lost(page, house):
    root, _ = house
    place = root / "playbooks" / "maison.yaml"
    page.goto(f"{base(house)}/write?file=playbooks/maison.yaml")
    page.get_by_text("aucune erreur").first.wait_for()
    theirs = place.read_text("utf-8") + "# d’un autre\n"
    place.write_text(theirs, "utf-8")
    write(page, "schema: 1\n")
    page.keyboard.press("Control+s")
    page.get_by_text(re.compile("quelqu’un d’autre a écrit")).first.wait_for()
    assert place.read_text("utf-8") == theirs


def test_an_operators_way(page, house, mail):
    """A draft read and approved, a call recorded, what is ready sent; the journal says who did it."""
    root, _ = house
    page.goto(f"{base(house)}/desk?kind=draft")
    rows = page.get_by_role("list", name="Ce qui attend").get_by_role("button")
    rows.first.wait_for()
    rows.first.click()
    page.get_by_role("button", name="approuver", exact=True).wait_for(timeout=120_000)
    assert page.get_by_role("img", name=re.compile("page 1 de la lettre")).count() + page.locator("iframe").count() >= 1
    page.get_by_role("button", name="approuver", exact=True).click()
    eventually(lambda: count_of(root, "action.approved") >= 1)

    page.goto(f"{base(house)}/desk?kind=call")
    rows = page.get_by_role("list", name="Ce qui attend").get_by_role("button")
    rows.first.click()
    page.get_by_text("Confidentiel").or_(page.locator("pre, iframe")).first.wait_for()  # the sheet is beside
    page.get_by_label("à qui vous avez parlé").fill("Mme Durand")
    page.get_by_role("button", name="enregistrer").click()
    eventually(lambda: count_of(root, "call.reached"))
    with Journal.open(root / "relance.db", create=False) as journal:
        entry = next(entry for entry in journal.entries(kinds=("action.executed",)) if entry.data.get("person") == "Mme Durand")
    assert entry.actor

    page.goto(f"{base(house)}/desk")
    page.get_by_role("button", name="envoyer ce qui est prêt").click()
    page.get_by_role("button", name="envoyer", exact=True).click()
    waits = eventually(lambda: count_of(root, "action.executed") > 1 or count_of(root, "action.attempted") or page.get_by_text(re.compile("attend|rien n’est parti")).count())
    assert waits


def test_the_run_of_the_day(page, house):
    """Tried first: nothing is written; then done, and what was said of it holds."""
    root, _ = house
    page.goto(f"{base(house)}/run")
    page.get_by_label("selon quelles règles").fill("demo/routing")
    page.get_by_role("option", name="demo/routing.yaml").click()
    page.locator("input[type=file]").set_input_files([root / "demo" / f"{name}.csv" for name in ("invoices", "debtors", "creditors", "events")])
    page.get_by_label("events.csv").wait_for()
    before = count_of(root, "action.emitted")
    page.get_by_role("button", name="essayer").click()
    page.get_by_text("Où en sont les dossiers").wait_for(timeout=120_000)
    page.get_by_text(re.compile("Ce qui diffère du")).first.wait_for()
    assert count_of(root, "action.emitted") == before
    page.get_by_role("button", name="lancer le passage").click()
    page.get_by_text(re.compile("relance-20")).wait_for(timeout=120_000)
    assert count_of(root, "action.emitted") == before  # the day was run already: nothing twice
    assert list(root.glob("relance-20*/actions.jsonl"))


def test_a_portfolio_is_filtered_sorted_and_followed_to_a_file(page, house):
    page.goto(f"{base(house)}/portfolio")
    page.get_by_text(re.compile(r"^\d+ dossiers sur")).wait_for()
    rows = page.locator("table tbody tr")
    field = page.get_by_label("filtrer par nom, numéro, scénario ou étape")
    field.fill("martel")
    page.get_by_text(re.compile(r"^[1-9]\d* dossiers? sur")).wait_for()
    eventually(lambda: rows.count() and rows.count() < 10)
    page.get_by_role("columnheader").nth(7).click()
    first = rows.first.get_by_role("link")
    debtor = first.inner_text()
    first.click()
    page.wait_for_url(re.compile(f"/case/.*{debtor}"))


def test_figures_of_the_year_and_the_file_for_a_court(page, house):
    root, _ = house
    page.goto(f"{base(house)}/portfolio")
    page.get_by_role("button", name="chiffres des douze derniers mois").click()
    page.get_by_text(re.compile("ouvert un mois avant")).first.wait_for(timeout=120_000)
    with Journal.open(root / "relance.db", create=False) as journal:
        facts = next(facts for facts in journal.facts() if facts.invoices)
    page.goto(f"{base(house)}/case/{facts.creditor.id}/{facts.debtor.id}")
    with page.expect_download() as begun:
        page.get_by_role("button", name=re.compile("le dossier pour un commissaire")).click()
    made = root / "pieces.zip"
    begun.value.save_as(made)
    assert "true" in relance("evidence", "verify", str(made), "--format", "json").lower()
    assert count_of(root, "evidence.made") == 1


def count_of(root: Path, kind: str) -> int:
    with Journal.open(root / "relance.db", create=False) as journal:
        return sum(1 for _ in journal.entries(kinds=(kind,)))


def test_a_debtors_name_is_never_run(browser, house, page):
    """Names with HTML, script, template marks, direction marks and a great length, in the list and in the file."""
    root, _ = house
    names = ['<img src=x onerror="window.hit=1">', "{{constructor.constructor('window.hit=1')()}}", "<script>window.hit=1</script>", "**gras** \u202egnol", "A" * 100_000]
    ids = count(1)
    from decimal import Decimal

    from relance.model import Creditor, Debtor, Event, Invoice

    with Journal.open(root / "relance.db", now=lambda: __import__("datetime").datetime.now(__import__("datetime").UTC), create=False) as journal:
        for name in names:
            number = next(ids)
            invoice = Invoice(f"X-{number}", date(2026, 1, 5), Decimal("10.00"), "EUR", date(2026, 1, 1))
            journal.record(Creditor("atelier-rhodanien"), Debtor(f"x{number}", name), [Event(date(2026, 1, 6), "note", data={"note": name[:500]})], invoices=[invoice], actor=name[:80])
    for path in ("/portfolio", *(f"/case/atelier-rhodanien/x{number}" for number in range(1, len(names) + 1))):
        page.goto(f"{base(house)}{path}")
        page.wait_for_timeout(600)
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.querySelectorAll('img[src=x], main script').length") == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
@pytest.mark.parametrize("path", ["/desk", "/run", "/write?file=playbooks/maison.yaml", "/portfolio"])
def test_nothing_serious_for_who_does_not_see_or_use_a_mouse(page, house, path, width, height):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{base(house)}{path}")
    page.wait_for_timeout(2_500)
    found = axe.Axe().run(page)
    grave = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found.response["violations"] if each["impact"] in {"serious", "critical"}]
    assert grave == []
