# Warnings for our own targets; generated code is compiled without them.
add_library(testigo_warnings INTERFACE)
target_compile_options(testigo_warnings INTERFACE -Wall -Wextra $<$<BOOL:${TESTIGO_WERROR}>:-Werror>)
