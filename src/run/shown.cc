#include "run/shown.h"

#include <fmt/format.h>

#include "base/usage_error.h"
#include "check/declared.h"

namespace testigo::run {

void read_schema(Shown& shown) {
  if (shown.descriptors.empty()) {
    if (!shown.relations.empty()) throw UsageError("--relation needs --protoset or --proto, which say what the fields are");
    return;
  }
  shown.schema = std::make_shared<const schema::Schema>(schema::Schema::load(shown.descriptors));
  if (shown.schema->methods().empty()) throw UsageError("the descriptors have no service: name the .proto file that declares it");
  if (const auto unfit = check::Declared(*shown.schema, shown.relations).unfit()) {
    throw UsageError(
        fmt::format("--relation {}: no method of the descriptors has these two fields, each a single value", unfit->text()));
  }
}

}  // namespace testigo::run
