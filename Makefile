# Two commands are enough: "make run" and "make test". "make help" lists the others.

DATA ?= data
ADDR ?= :8080
GO   ?= go

# what the bundle is made from: templates and Go name classes and icons
WEB_SOURCES := $(shell find web/css web/js web/layout web/img web/icons.txt web/*.mjs web/package.json internal -type f \
	\( -path 'web/*' -o -path '*/templates/*' -o -name '*.go' ! -name '*_test.go' \) 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run build web demo test check fmt vet lint vuln generate seal bench screenshots new-room clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, create the demonstration province in ./data when missing, serve http://localhost:8080
	./bin/lienthong demo --data $(DATA)
	./bin/lienthong serve --data $(DATA) --listen $(ADDR)

build: web ## build bin/lienthong
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/lienthong ./cmd/lienthong

web: web/dist/manifest.json ## install the web packages and build styles, fonts, icons and scripts

web/node_modules/.package-lock.json: web/package-lock.json
	npm ci --prefix web --no-audit --no-fund
	@touch $@

web/dist/manifest.json: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && node build.mjs
	@touch $@

demo: build ## create the demonstration province in ./data
	./bin/lienthong demo --data $(DATA)

test: web ## run everything: format, vet, linter, known vulnerabilities, all tests on both databases, browser stories
	@scripts/test

check: web ## the one command before sending a change: as test, without the long tests
	@scripts/test --quick

fmt: ## format the Go sources
	gofmt -w $$(find . -name '*.go' -not -path '*/node_modules/*' -not -path '*/testdata/*')

vet:
	$(GO) vet ./...

lint:
	$(GO) tool staticcheck ./...

vuln:
	$(GO) tool govulncheck ./...

generate: ## write the generated pages of docs/ again
	$(GO) test ./internal/floorplan ./internal/app -run 'Generated|Golden' -update -count=1

seal: ## before a release: note the new migrations, which may not change from then on
	$(GO) test ./internal/floorplan -run Sealed -seal -count=1

bench: web ## measure and print one table; BENCH_BIG=1 among a million dossiers too
	@GO="$(GO)" scripts/bench

screenshots: build ## photograph the main pages at 390 and 1366 pixels into ./screenshots
	LIENTHONG_SCREENSHOTS=$(CURDIR)/screenshots $(GO) test ./internal/app/... -run Screenshots -count=1 -timeout 20m

new-room: ## make a room that compiles and passes the floor plan: make new-room NAME=parking
	@$(GO) run ./internal/floorplan/newroom -name "$(NAME)" -tier "$(or $(TIER),core)"

clean: ## remove what was built; ./data stays
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 ! -name .keep -delete
