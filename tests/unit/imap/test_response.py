"""A FETCH item's name is the same however its section is spelled."""

import pytest

from conformance.imap.response import item_name


@pytest.mark.parametrize(
    "spelled",
    [
        b"BODY[HEADER.FIELDS (FROM TO)]",
        b"body[header.fields (To From)]",
        b'BODY[HEADER.FIELDS ("From" "To")]',
        b"BODY[HEADER.FIELDS ({4}\r\nFrom TO)]",
    ],
)
def test_forms_and_order_of_header_names_do_not_matter(spelled):
    assert item_name(spelled) == "BODY[HEADER.FIELDS (FROM TO)]"


def test_other_sections_stay_apart():
    assert item_name(b"BODY[1.HEADER.FIELDS (FROM)]<0>") == "BODY[1.HEADER.FIELDS (FROM)]<0>"
    assert item_name(b"BODY[HEADER.FIELDS (FROM)]") != item_name(b"BODY[HEADER.FIELDS.NOT (FROM)]")
