"""Settings as they are changed: what is made is edited, a refusal is said at its field, all is filed."""

import io
import re
import zipfile

import pytest

from avoir.faces.console.settings import GROUPS
from tests.console.company import STAFF, small_company
from tests.console.visitor import visiting


@pytest.fixture
def ada(url):
    company = small_company(url)
    with visiting(url, company.organization) as visitor:
        visitor.company = company
        visitor.sign_in()
        yield visitor


@pytest.fixture
def staff(ada):
    visitor = ada.another()
    assert visitor.sign_in(STAFF).status_code == 303
    return visitor


def row(visitor, place: str, first: str) -> str:
    """The row of a table of settings whose first cell says so; empty if there is none."""
    rows = re.findall(r"<tr><td>.*?</tr>", visitor.get(f"/settings/{place}").text, re.DOTALL)
    return next((each for each in rows if each.startswith(f"<tr><td>{first}</td>")), "")


def cells(visitor, place: str, first: str) -> list[str]:
    """What that row says."""
    return re.findall(r"<td[^>]*>([^<]*)</td>", row(visitor, place, first))


def pressed(visitor, place: str, do: str, id: str):
    """What comes of a button of a row."""
    token = visitor.form("/settings/approval")["token"]
    asked = {"token": token, "key": f"{place}{do}{id}", "do": do, "id": id}
    return visitor.post(f"/settings/{place}", asked)


def edited(visitor, place: str, id: str, **fields: str):
    """What comes of the form of a row, with some fields written anew."""
    answer = visitor.send(f"/settings/{place}?edit={id}", having="id", **fields)
    if answer.status_code == 303:
        assert "edit=" not in answer.headers["location"]
    return answer


def wrong(answer) -> tuple[list[str], str]:
    """Which fields a page finds fault with, and the sentence at the first of them."""
    (said,) = re.findall(r'<small id="e-\w+" class="wrong">([^<]+)</small>', answer.text)
    return re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text), said


def test_a_branch_is_made_edited_made_primary_and_taken_away(ada):
    made = ada.send("/settings/branches", having="city", name="Lyon", code="LY", phone_number="04 72")
    assert made.status_code == 303
    assert 'value="04 72"' in ada.get("/settings/branches?edit=2").text
    assert edited(ada, "branches", "2", name="Lyon Centre", phone_number="").status_code == 303
    assert cells(ada, "branches", "Lyon Centre")[1] == "LY"
    assert 'value="04 72"' not in ada.get("/settings/branches?edit=2").text
    assert pressed(ada, "branches", "primary", "2").status_code == 303
    assert cells(ada, "branches", "Lyon Centre")[-1] == "Primary"
    assert "Make primary" not in row(ada, "branches", "Lyon Centre")
    assert pressed(ada, "branches", "delete", "2").status_code == 303
    assert row(ada, "branches", "Lyon Centre") == ""


def test_the_only_branch_has_no_button_to_take_it_away_and_stays(ada):
    (first,) = re.findall(r"<tr><td>([^<]*)</td>", ada.get("/settings/branches").text)
    assert "Take away" not in row(ada, "branches", first)
    assert pressed(ada, "branches", "delete", "1").status_code == 400
    assert row(ada, "branches", first)


def test_a_tax_is_edited_no_longer_offered_offered_again_and_taken_away(ada):
    assert ada.send("/settings/taxes", having="rate", name="Levy", code="LV", rate="7.125").status_code == 303
    form = ada.form("/settings/taxes?edit=2", having="id")
    assert (form["name"], form["rate"], form["compound"], form["lost"]) == ("Levy", "7.125", "", "")
    said = {"name": "City levy", "rate": "8", "compound": "1", "lost": "1"}
    assert edited(ada, "taxes", "2", **said).status_code == 303
    assert cells(ada, "taxes", "City levy")[1:] == ["LV", "8 %", "The price and other taxes", ""]
    assert ada.form("/settings/taxes?edit=2", having="id")["lost"] == "1"
    assert pressed(ada, "taxes", "inactivate", "2").status_code == 303
    assert "No longer offered" in row(ada, "taxes", "City levy")
    assert edited(ada, "taxes", "2", rate="9").status_code == 303
    assert "No longer offered" in row(ada, "taxes", "City levy")
    assert pressed(ada, "taxes", "activate", "2").status_code == 303
    assert "No longer offered" not in row(ada, "taxes", "City levy")
    assert pressed(ada, "taxes", "delete", "2").status_code == 303
    assert row(ada, "taxes", "City levy") == ""
    # Documents have charged the first one: it can be offered no longer, and stays.
    assert "Take away" not in row(ada, "taxes", "VAT")
    assert pressed(ada, "taxes", "delete", "1").status_code == 400
    assert row(ada, "taxes", "VAT")


def test_editing_a_tax_leaves_what_was_charged(ada):
    before = ada.get("/invoices/1").text.count("$20.00")
    assert before > 0
    assert edited(ada, "taxes", "1", rate="5").status_code == 303
    assert ada.get("/invoices/1").text.count("$20.00") == before


def test_currencies_are_offered_called_otherwise_and_no_longer_offered(ada):
    made = ada.send("/settings/currencies", having="code", code="chf", name="Franc", sign="Fr")
    assert made.status_code == 303
    assert cells(ada, "currencies", "CHF") == ["CHF", "Franc", "Fr"]
    assert edited(ada, "currencies", "CHF", name="Swiss franc").status_code == 303
    assert edited(ada, "currencies", "EUR", sign="E").status_code == 303
    assert cells(ada, "currencies", "CHF") == ["CHF", "Swiss franc", "Fr"]
    assert cells(ada, "currencies", "EUR") == ["EUR", "Euro", "E"]
    assert pressed(ada, "currencies", "delete", "CHF").status_code == 303
    assert row(ada, "currencies", "CHF") == ""
    assert "base currency stays" in pressed(ada, "currencies", "delete", "USD").text
    assert "Offer no longer" not in row(ada, "currencies", "USD")


def test_an_entity_is_made_edited_and_taken_away(ada):
    made = ada.send("/settings/entities", having="currency", name="Northlight SAS", currency="eur")
    assert made.status_code == 303
    assert edited(ada, "entities", "2", name="Northlight France", tax_number="FR1").status_code == 303
    assert cells(ada, "entities", "Northlight France")[1:3] == ["EUR", "FR1"]
    assert edited(ada, "entities", "2", tax_number="").status_code == 303
    assert cells(ada, "entities", "Northlight France")[2] == "–"
    assert "Northlight France" in ada.get("/settings/branches").text
    assert edited(ada, "entities", "1", currency="EUR").status_code == 400
    assert cells(ada, "entities", "Northlight")[1] == "USD"
    assert pressed(ada, "entities", "delete", "2").status_code == 303
    assert row(ada, "entities", "Northlight France") == ""


def test_reasons_series_and_gateways_are_edited_too(ada):
    assert ada.send("/settings/reasons", having="name", name="Late").status_code == 303
    assert edited(ada, "reasons", "1", name="Came late").status_code == 303
    assert row(ada, "reasons", "Came late")
    series = {"prefix": "C-", "next_number": "40"}
    assert edited(ada, "numbering", "1 credit_note", **series).status_code == 303
    assert cells(ada, "numbering", "Credit note")[2:4] == ["C-", "40"]
    assert edited(ada, "numbering", "1 credit_note", next_number="3").status_code in (400, 409)
    assert ada.send("/settings/gateways", having="name", name="acme").status_code == 303
    assert edited(ada, "gateways", "acme", active="0").status_code == 303
    assert cells(ada, "gateways", "acme")[-1] == "Off"


REFUSED = [
    ("branches", "", {"name": ""}, "name", "Say what the name is."),
    ("branches", "", {"name": "B", "code": "LY"}, "code", "Another branch has the code."),
    ("branches", "2", {"name": "x" * 300}, "name", "Name is longer than 255 characters."),
    ("taxes", "", {"name": "T", "code": "VAT", "rate": "1"}, "code", "Another tax rate has the code."),
    ("taxes", "1", {"rate": "1001"}, "rate", "A tax rate lies between"),
    ("taxes", "1", {"rate": "much"}, "rate", "Percentage is a number"),
    ("currencies", "", {"code": "E1", "name": "E"}, "code", "A currency's code is three"),
    ("currencies", "", {"code": "EUR", "name": "E"}, "code", "The currency stands in the list"),
    ("currencies", "EUR", {"name": ""}, "name", "A currency has a name."),
    ("entities", "", {"name": "N", "currency": "ZZZ"}, "currency", "no active currency"),
    ("entities", "1", {"name": ""}, "name", "Say what the name is."),
    ("reasons", "", {"name": ""}, "name", "has a name."),
]


@pytest.mark.parametrize(("place", "edit", "fields", "at", "says"), REFUSED)
def test_what_is_refused_is_said_at_its_field_with_what_was_written(ada, place, edit, fields, at, says):
    ada.send("/settings/branches", having="city", name="Lyon", code="LY")
    before = ada.get(f"/settings/{place}.csv").content
    path = f"/settings/{place}" + (f"?edit={edit}" if edit else "")
    answer = ada.send(path, having="id" if edit else next(iter(fields)), **fields)
    assert answer.status_code in (400, 404, 409)
    fields_said, sentence = wrong(answer)
    assert fields_said == [at]
    assert says.replace("'", "&#39;") in sentence
    assert 'role="alert"' in answer.text
    for name, value in fields.items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', answer.text), name
    assert ada.get(f"/settings/{place}.csv").content == before


def test_what_is_not_there_cannot_be_edited(ada):
    for place in ("branches", "taxes", "currencies", "entities", "reasons", "gateways", "numbering"):
        for id in ("99", "x", "ZZZ", "0"):
            assert ada.get(f"/settings/{place}?edit={id}").status_code == 404, place


def test_who_may_not_change_the_settings_is_offered_no_form_and_refused(ada, staff):
    ada.send("/settings/reasons", having="name", name="Late")
    for place in ("branches", "taxes", "currencies", "entities", "reasons", "numbering"):
        text = staff.get(f"/settings/{place}").text
        main = text.partition("<main")[2]
        assert "<table" in main, place
        assert "<form" not in main, place
        assert "edit=" not in main, place
    token = staff.form("/invoices/1/refund")["token"]
    asked = [
        ("branches", {"do": "edit", "id": "1", "name": "Mine"}),
        ("branches", {"do": "primary", "id": "1"}),
        ("branches", {"do": "delete", "id": "1"}),
        ("taxes", {"do": "edit", "id": "1", "name": "Mine", "code": "M", "rate": "1"}),
        ("taxes", {"do": "inactivate", "id": "1"}),
        ("taxes", {"do": "delete", "id": "1"}),
        ("currencies", {"do": "edit", "id": "EUR", "name": "Mine"}),
        ("entities", {"do": "edit", "id": "1", "name": "Mine"}),
        ("reasons", {"do": "edit", "id": "1", "name": "Mine"}),
    ]
    for place, fields in asked:
        before = ada.get(f"/settings/{place}.csv").content
        answer = staff.post(f"/settings/{place}", {"token": token, "key": "k"} | fields)
        assert answer.status_code == 403, (place, fields)
        assert ada.get(f"/settings/{place}.csv").content == before


FILED = {
    "branches": "Name,Code,Entity,City,State",
    "currencies": "Code,Name,Sign",
    "taxes": "Name,Code,Rate,Computed on,State",
    "approval": "What,As it is",
    "people": "Name,E-mail,State,Role",
    "roles": "Role,What it is for,Scopes in GraphQL,Abilities",
    "keys": "What,Name,Known by,Scopes",
}


def test_every_table_of_the_settings_is_a_file_too(ada):
    made = ada.send("/settings/keys", having="key", do="key", name="Shop").text
    secret = re.search(r"bc_[0-9a-f]{96}", made)[0]
    places = {slug for slugs in GROUPS.values() for slug in slugs} - {"proof"}
    for place in places:
        assert f"/settings/{place}.csv" in ada.get(f"/settings/{place}").text, place
        file = ada.get(f"/settings/{place}.csv").content.decode("utf-8-sig")
        assert file.splitlines()[0] == FILED.get(place, file.splitlines()[0])
        assert len(file.splitlines()) > 1 or place in ("rates", "reasons", "gateways"), place
        assert secret not in file
        assert ada.get(f"/settings/{place}.xlsx").content[:2] == b"PK", place
        assert ada.get(f"/settings/{place}.html").status_code == 404, place
    assert "Shop" in ada.get("/settings/keys.csv").text
    assert ada.get("/settings/nothing.csv").status_code == 404


def test_kept_views_are_a_file_too(ada):
    asked = "/invoices?view=open&q=INV"
    assert ada.send("/views", page=asked, having="conditions", name="To come").status_code == 303
    assert "/views.csv" in ada.get("/views").text
    assert "To come,Invoices,view=open&q=INV,Ada" in ada.get("/views.csv").text
    sheet = zipfile.ZipFile(io.BytesIO(ada.get("/views.xlsx").content))
    assert "To come" in sheet.read("xl/sharedStrings.xml").decode()
