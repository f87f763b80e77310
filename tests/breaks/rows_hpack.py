"""HP: header compression."""

from conversation import SERVER
from entry import breaks, error, remark, warning
from frames import MAX_HEADER_LIST_SIZE, SETTINGS, settings

SIZE_4096, SIZE_8192 = b"\x3f\xe1\x1f", b"\x3f\xe1\x3f"  # size updates
LITERAL_X = b"\x00\x01x"  # without indexing, the name "x" in plain octets
NEWEST = b"\xbe"  # index 62


@breaks("HP01", "the request's header block ends with the index 0", "with that of the newest entry", index=NEWEST)
def index_zero(talk, index=b"\x80"):
    talk.request().frame.behind = index
    return [error("HP01", talk.request())]


@breaks("HP02", "the request's header block ends with the index 126, which the table does not hold", "with that of the newest entry", index=NEWEST)
def index_beyond(talk, index=b"\xfe"):
    talk.request().frame.behind = index
    return [error("HP02", talk.request())]


@breaks("HP03", "a size update stands behind the fields of the request", "before them", behind=b"", before=SIZE_4096)
def late_size_update(talk, behind=SIZE_4096, before=b""):
    talk.request().frame.behind, talk.request().frame.before = behind, before
    return [error("HP03", talk.request())]


@breaks("HP04", "a size update to 8192, where the server never allowed more than 4096", "to 4096", update=SIZE_4096)
def table_too_large(talk, update=SIZE_8192):
    talk.request().frame.before = update
    return [error("HP04", talk.request())]


@breaks("HP05", "a Huffman string is filled by eight ones", "eight bits are the code of a character", octet=b"\xf8")
def huffman_padding(talk, octet=b"\xff"):
    talk.request().frame.behind = LITERAL_X + b"\x81" + octet
    return [error("HP05", talk.request())]


@breaks("HP06", "the request's header list is one octet longer than the server's MAX_HEADER_LIST_SIZE", "as long", missing=0)
def list_size(talk, missing=1):
    size = sum(len(name) + len(value) + 32 for name, value in talk.request().frame.fields)
    talk.find(SERVER, SETTINGS).frame = settings((MAX_HEADER_LIST_SIZE, size - missing))
    return [warning("HP06", talk.request())]


@breaks("HP07", "authorization goes into the dynamic table", "it is a never-indexed literal", field=("authorization", "Bearer secret", True))
def secret_indexed(talk, field=("authorization", "Bearer secret")):
    talk.request().frame.fields.append(field)
    return [remark("HP07", talk.request(), "authorization")]
