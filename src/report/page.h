// The page: one self-contained file that asks the network for nothing. It is built from web/, and carries its document inside.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace testigo::report {

// As it was built, without a document: such a page asks whoever served it for one.
std::string_view page_template();

// A member of it as it stands in the page: JSON in which no markup can be read.
std::string page_text(const nlohmann::ordered_json& json);

// report.html: the page with its document (docs/formats/page.md). Nothing in the document can end its element.
std::string page_html(const nlohmann::ordered_json& document);

}  // namespace testigo::report
