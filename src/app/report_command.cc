#include "app/command.h"
#include "app/options.h"
#include "run/report_run.h"

namespace testigo::app {

Runner add_report(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("report", "write the reports and the ledger of an evidence folder anew");
  const auto options = std::make_shared<run::ReportOptions>();
  CLI::App& c = *command;
  c.add_option("EVIDENCE", options->evidence, "the folder of a run of verify, or evidence collected elsewhere")
      ->required()
      ->type_name("DIR");
  add_duration(c, "--tolerance", options->tolerance,
               "how far a start may be from its place [as the run, else 20 % of the period, at least 20ms]");
  add_time(c, "--since", options->since, "judge only calls that started at or after this time [as the run]");
  c.add_flag("--reindex", options->reindex, "replace a ledger.db of a newer testigo, too");
  c.add_option("--lang", options->lang, "what report.html opens with: en or es [en]")
      ->check(CLI::IsMember({"en", "es"}))
      ->type_name("LANG");
  c.add_flag("--json", options->json, "the verdict as one line of JSON");
  c.footer(
      "It judges the statements and the capture, prints the verdict, and writes report.txt, report.json, report.xml, report.md,\n"
      "report.html (the page: one file that asks the network for nothing), and ledger.db, an SQLite database of all calls, "
      "statements, findings and claims.\n\n"
      "Examples:\n"
      "  testigo report evidence/20260102T030405Z-verify\n"
      "  testigo report evidence/20260102T030405Z-verify --reindex\n\n"
      "Exit code: 0 done, whatever the verdict is (`verify --evidence` tells it), 2 wrong usage, 4 the environment failed.");
  return [options] { return run::run_report(*options); };
}

}  // namespace testigo::app
