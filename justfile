# Day-to-day recipes. Each is one command of `cargo` or `cargo xtask`, and the same that CI runs.

# Start Latchkey.
run:
    cargo run

# Latchkey with a fake Anthropic behind it: try everything without a key.
demo:
    cargo xtask demo

# All tests, on SQLite and PostgreSQL, and in a browser.
test *ARGS:
    cargo xtask test --install {{ARGS}}

# The tests in a real browser alone.
browser:
    cargo xtask browser --install

# Each fuzz target for a minute, or so many seconds.
fuzz SECONDS="60":
    cargo xtask fuzz {{SECONDS}} --install

# Probes from outside: random requests after the OpenAPI document, SQL injection, a scanner of web applications. A quarter of an hour.
probes:
    cargo xtask probe schemathesis
    cargo xtask probe sqlmap
    cargo xtask probe wapiti

# Formatting.
fmt:
    cargo xtask fmt

# Lints.
lint:
    cargo xtask lint

# Documentation of all items.
docs:
    cargo xtask docs

# Licences, sources, advisories.
deny:
    cargo xtask deny --install

# All that CI runs.
ci:
    cargo xtask ci

# The table of figures.
bench *ARGS:
    cargo xtask bench {{ARGS}}
