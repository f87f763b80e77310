// FC: windows (RFC 9113 section 5.2).
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 6> kFlowControlRows = {{
    {.id = "FC01",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "DATA stays within the window of its stream",
     .expected =
         "The payload of DATA, padding included, is at most what the receiver has left in the stream's window: 65535 or its "
         "INITIAL_WINDOW_SIZE, plus its WINDOW_UPDATEs, minus the DATA so far. An empty DATA with END_STREAM is exempt.",
     .clause = "RFC 9113 6.9.1, 6.9.2",
     .example = "70000 octets of DATA on stream 1 before any WINDOW_UPDATE",
     .filter = "http2.type == 0 || http2.type == 8 || http2.settings.initial_window_size",
     .fix = "Count every DATA frame against the window, and wait for WINDOW_UPDATE when it is used up.",
     .reading = "not judged while the sender has acknowledged octets that were not seen. An empty DATA without END_STREAM breaks a "
                "negative window (6.9.2). Streams that are closed have no window any more"},
    {.id = "FC02",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "DATA stays within the window of the connection",
     .expected = "All DATA of a direction together, padding included, is at most 65535 plus the WINDOW_UPDATEs on stream 0. "
                 "SETTINGS do not change this window. An empty DATA with END_STREAM is exempt.",
     .clause = "RFC 9113 6.9.1",
     .example = "five streams of 20000 octets each before any WINDOW_UPDATE on stream 0",
     .filter = "http2.type == 0 || (http2.type == 8 && http2.streamid == 0)",
     .fix = "Keep one window for the connection beside that of each stream, and take every DATA frame from both.",
     .reading = "as FC01; DATA on closed streams counts"},
    {.id = "FC03",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "a WINDOW_UPDATE adds at least 1",
     .expected =
         "The increment lies between 1 and 2147483647. On a stream a 0 is a stream error, on stream 0 it ends the connection.",
     .clause = "RFC 9113 6.9",
     .example = "WINDOW_UPDATE with increment 0",
     .filter = "http2.type == 8 && http2.window_update.window_size_increment == 0",
     .fix = "Send no WINDOW_UPDATE when there is nothing to give back."},
    {.id = "FC04",
     .severity = Severity::Error,
     .role = Role::Either,
     .title = "no window grows beyond 2147483647",
     .expected = "Neither WINDOW_UPDATE nor a raised INITIAL_WINDOW_SIZE may lift a window above 2^31-1; the peer answers with "
                 "FLOW_CONTROL_ERROR.",
     .clause = "RFC 9113 6.9.1, 6.9.2",
     .example = "WINDOW_UPDATE of 2147483647 on a stream whose window is still 65535",
     .filter = "http2.type == 8 || http2.settings.initial_window_size",
     .fix = "Give back no more than was received, and bound the sum when windows are enlarged on purpose.",
     .reading =
         "the window of the sender of the DATA, who may have sent some already that the other side had not got: told when it "
         "acknowledges later SETTINGS, ends its side or the connection closes, and not judgeable where the DATA that may "
         "have crossed would make room"},
    {.id = "FC05",
     .severity = Severity::Info,
     .role = Role::Either,
     .title = "it is told which side a stalled sender waits for",
     .expected = "A sender whose window is 0 while its message is not whole waits for WINDOW_UPDATE. Back-pressure is legal; the "
                 "remark names the empty window, of the stream or of the connection, and whose turn it is.",
     .clause = "RFC 9113 5.2.2, 6.9.1; interop data_frame_padding",
     .example = "65535 octets on stream 1, then silence for seconds, and no WINDOW_UPDATE",
     .filter = "http2.type == 8",
     .fix = "Let the application of the receiver read on; where only the connection's window is empty, look for another call that "
            "nobody reads.",
     .reading = "from 1 s on, where DATA without END_STREAM has used a window up; whether its message was whole is not asked"},
    {.id = "FC06",
     .severity = Severity::Info,
     .role = Role::Either,
     .title = "credit that is returned matches the octets received",
     .expected = "Padding and the DATA of streams that were reset count too (\"MUST always account\"). The remark tells of a "
                 "drift: a window that shrinks for good is legal, and ends in a standstill.",
     .clause = "RFC 9113 6.9, 6.1",
     .example = "100 calls are cancelled, and each time 1000 octets are never returned on stream 0",
     .filter = "http2.type == 8 && http2.streamid == 0",
     .fix = "Return the credit of the connection also for DATA that is thrown away.",
     .reading = "from the 33rd WINDOW_UPDATE on stream 0 on: the window of the connection at its best, in the last 16 or more, is "
                "below half of what it once was"},
}};

}  // namespace testigo::check
