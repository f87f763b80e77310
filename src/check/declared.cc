#include "check/declared.h"

#include <algorithm>
#include <ranges>

namespace testigo::check {

Declared::Declared(const schema::Schema& schema, std::vector<schema::Relation> relations, const Limits& limits)
    : schema_(schema),
      plain_(limits),
      relations_(std::move(relations)),
      held_max_(limits.request_values_held),
      values_max_(limits.request_values_kept),
      undeclared_max_(limits.methods_undeclared_max) {
  for (const auto& [path, method] : schema_.methods()) {
    std::vector<DeclaredRelation>& fitting = by_method_[&method];
    for (std::size_t i = 0; i < relations_.size(); ++i) {
      auto reply = schema::find_field(method.reply, relations_[i].reply);
      auto request = schema::find_field(method.request, relations_[i].request);
      if (reply && request) fitting.push_back({i, std::move(*reply), std::move(*request)});
    }
  }
}

const schema::Method* Declared::method(std::string_view path) {
  const schema::Method* method = schema_.method(path);
  if (method == nullptr && undeclared_.size() < undeclared_max_ && !undeclared_.contains(path)) undeclared_.emplace(path);
  return method;
}

std::optional<schema::Relation> Declared::unfit() const {
  for (std::size_t i = 0; i < relations_.size(); ++i) {
    const auto fits = [i](const auto& of_method) {
      return std::ranges::find(of_method, i, &DeclaredRelation::number) != of_method.end();
    };
    if (std::ranges::none_of(by_method_ | std::views::values, fits)) return relations_[i];
  }
  return std::nullopt;
}

void Declared::asked(AskedValue value) {
  if (asked_.size() >= values_max_) asked_.pop_front();
  asked_.push_back(std::move(value));
}

const AskedValue* Declared::who_asked(const schema::Method& method, std::size_t relation, std::string_view value) const {
  const auto fits = [&](const AskedValue& asked) {
    return asked.method == &method && asked.relation == relation && asked.value == value;
  };
  const auto found = std::ranges::find_if(asked_ | std::views::reverse, fits);
  return found == asked_.rend() ? nullptr : &*found;
}

}  // namespace testigo::check
