// A shared library that exports nothing an engine would.
extern "C" int inferometer_empty_engine();
extern "C" int inferometer_empty_engine() { return 0; }
