"""The parts of loadtest/measure, one module each: measure(processes, opts) gives the runs and their table."""
