// What a witness gives up once it listens: it reads octets of strangers, and needs no right to do anything else.
#pragma once

#include <string>

#include "run/evidence_folder.h"

namespace testigo::run {

// Who the process becomes.
struct Identity {
  unsigned user = 0;
  unsigned group = 0;
  std::string name;  // for people: "user 1000", "nobody"
};

// To be called before any other thread or child starts; children inherit it. All capabilities are cleared in every set, and
// no_new_privs is set. Root becomes who called sudo, else nobody, and is given `folder`; where that one could not write into it, it
// stays root, without capabilities. Returns what was done, for people; empty when there was nothing to give up. Throws
// EnvironmentError when the system refuses.
std::string drop_privileges(const EvidenceFolder& folder);

// For a run that goes on to start programs and to read files of its user: it gives up the same, but for its identity and, as root,
// the right to read and write everybody's files.
void drop_capture_privileges();

// Whom root becomes, by the environment that sudo leaves.
Identity lesser_identity();

}  // namespace testigo::run
