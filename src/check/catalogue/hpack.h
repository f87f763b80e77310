// HP: header compression (RFC 7541).
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 7> kHpackRows = {{
    {.id = "HP01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no header field has the index 0",
     .expected =
         "The tables of HPACK begin at index 1. An indexed field with index 0 is a decoding error, which ends the connection.",
     .clause = "RFC 7541 6.1",
     .example = "a header block that holds the octet 80",
     .filter = "http2.headers contains 80",
     .fix = "Correct the HPACK encoder; it is usually off by one."},
    {.id = "HP02",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no index lies beyond the static and the dynamic table",
     .expected = "An index names one of the 61 static entries, or an entry that the dynamic table holds at that moment. Judged "
                 "where the table is known from the connection's start.",
     .clause = "RFC 7541 2.3.3",
     .example = "index 75 while the dynamic table holds 3 entries",
     .filter = "http2.header.index > 61",
     .fix = "Let encoder and decoder evict by the same size; look for a hop that drops or reorders header blocks."},
    {.id = "HP03",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "changes of the table's size open a header block, two at most",
     .expected = "A dynamic table size update stands before the first field of a block. Where the size changed several times since "
                 "the last block, the smallest and the final value are sent, so there are at most two.",
     .clause = "RFC 7541 4.2",
     .example = "a size update between two fields",
     .filter = "http2.header_table_size_update || http2.type == 1",
     .fix = "Send size updates at the start of the first block after the change."},
    {.id = "HP04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "the table is never larger than the decoder allows",
     .expected = "A size update is at most the last acknowledged HEADER_TABLE_SIZE of the decoder's side. Where that, or one "
                 "acknowledged before it since the last block, lies below the table's present size, the next block must begin with "
                 "an update to as little.",
     .clause = "RFC 7541 4.2, 6.3; RFC 9113 4.3.1",
     .example = "HEADER_TABLE_SIZE 4096 in force, a size update to 8192",
     .filter = "http2.header_table_size_update || http2.settings.header_table_size || (http2.type == 1 && !http2.header)",
     .fix = "Bound the encoder's table by the peer's setting, and tell it when it shrinks.",
     .reading = "the size of the table is that of its entries; with an update of its own a block is told once"},
    {.id = "HP05",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "Huffman strings and integers are encoded as HPACK says",
     .expected = "A Huffman string never holds the code of EOS; what fills its last octet is at most 7 bits, all ones. Integers "
                 "stay within what a decoder can hold.",
     .clause = "RFC 7541 5.1, 5.2",
     .example = "a Huffman string that ends with eight bits of ones",
     .filter = "http2.header.repr",
     .fix = "Correct the encoder; padding consists of the most significant bits of EOS, which are ones.",
     .reading = "a header block that ends inside a field fails, too (RFC 9113 section 4.3)"},
    {.id = "HP06",
     .severity = Severity::Warning,
     .role = Role::Either,
     .title = "header lists stay within the size that the peer announced",
     .expected =
         "Name, value and 32 octets for each field together are at most the peer's MAX_HEADER_LIST_SIZE, where it "
         "announced one. Where a server announced none, those of gRPC requests are at most 8 KiB: that is the default which "
         "gRPC suggests.",
     .clause = "RFC 9113 6.5.2, 10.5.1; gRPC over HTTP2, Requests",
     .example = "12000 octets of metadata in one request",
     .filter = "http2.header.length > 8192 || http2.settings.max_header_list_size",
     .fix = "Send less metadata (tokens and baggage are the usual cause), or raise the limit of server and hops alike.",
     .reading = "the announced limit: the list of any header block, trailers included; 8 KiB: headers of gRPC requests, once the "
                "server's SETTINGS came and named no limit"},
    {.id = "HP07",
     .severity = Severity::Info,
     .role = Role::Either,
     .title = "secrets are sent as fields that are never indexed",
     .expected = "Values of authorization, of cookie and of -bin tokens that go into the dynamic table can be guessed bit by bit "
                 "by whoever shares the connection. The remark names fields that should be never-indexed literals. What a hop "
                 "makes of them is PX07.",
     .clause = "RFC 7541 7.1.3, 6.2.3",
     .example = "authorization as \"Literal Header Field with Incremental Indexing\"",
     .filter = "http2.header.name == \"authorization\" || http2.header.name == \"cookie\"",
     .fix = "Mark such fields as sensitive in the library, where it lets you.",
     .reading = "once each direction of a connection; a -bin token is one whose name holds \"token\" or \"auth\""},
}};

}  // namespace testigo::check
