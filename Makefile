# Two commands: `make run` and `make test`. The rest are their parts. See README.md.

DATA ?= sheaf-data
PORT ?= 8765
CARGO ?= cargo
SHEAF = target/release/sheaf

.PHONY: run test browser-test check campaign build ui demo-packages clean

## Builds everything, seeds the demo on first start, serves on 127.0.0.1 and says how to log in.
run: build demo-packages
	$(SHEAF) demo --data $(DATA) --packages demo/node_modules
	$(SHEAF) serve --data $(DATA) --port $(PORT)

## Sets up what the tests need and runs everything.
test:
	scripts/test.sh all

## Only the browser stories of e2e/, against the real binary.
browser-test:
	scripts/test.sh browser

## The fast subset: formatting, the rules of the code base, lints.
check:
	cargo fmt --all --check
	cargo xtask tidy
	cargo clippy --release --locked --workspace --all-targets -- -D warnings

## The long versions of the property tests, kills and benchmarks.
campaign: build
	scripts/campaign.sh

build: ui
	$(CARGO) build --release --locked -p sheaf

ui: ui/dist/index.html

# Rebuilt when anything of the UI changed.
ui/dist/index.html: ui/node_modules/.installed $(shell find ui/src ui/public ui/index.html ui/vite.config.ts -type f 2>/dev/null)
	scripts/need.sh node
	cd ui && npm run build

ui/node_modules/.installed: ui/package-lock.json
	scripts/need.sh node
	cd ui && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

demo-packages: demo/node_modules/.installed

demo/node_modules/.installed: demo/package-lock.json
	scripts/need.sh node
	cd demo && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

clean:
	rm -rf target ui/node_modules ui/dist/assets ui/dist/index.html demo/node_modules e2e/node_modules
