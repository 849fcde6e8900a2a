# racelab: crash real C programs on purpose, and learn to read what is left.
#
#   make            sets up what is missing, then walks lab 01 from crash to repair
#   make test       sets up what is missing, then runs every test
#   make help       everything else
#
# Labs are found by wildcard: a new lab is a new folder, nothing here changes.
# What is built goes under build/<mode>/, at the path of its source.

# --- modes: how the same source is compiled --------------------------------
# -O0: in a core, every variable can be read. OPT=-O2 to see that bugs stay bugs.
OPT         ?= -O0
MODES       := plain tsan explore
flags.plain := $(OPT)
flags.tsan  := $(OPT) -fsanitize=thread
# with the explorer's compiler, and little to do (labs/common/size.h)
flags.explore := $(OPT) -DFEW
# and what scripts/ are built with: our own tools may be fast; their readers are also
# run on hostile input (make fuzz: with clang; make test: with any compiler)
flags.tool  := -O2 -Ibuild/gen -Iscripts/run
flags.asan  := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Ibuild/gen -Iscripts/run
flags.fuzz  := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -Ibuild/gen -Iscripts/run

ifeq ($(origin CC),default)
CC       := gcc
endif
WERROR   ?= -Werror# empty for a compiler with warnings that we have not met
# not :=, so that a target may have a WERROR of its own
CFLAGS    = -std=c11 -D_GNU_SOURCE -g -fno-omit-frame-pointer -pthread \
            -fdebug-prefix-map=$(CURDIR)=. \
            -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
MAKEFLAGS += --no-print-directory -j$(shell nproc 2>/dev/null || echo 2)

# --- what there is ----------------------------------------------------------
LABS     := $(patsubst labs/%/map.c,%,$(wildcard labs/*/map.c))
WRONGS   := $(patsubst solutions/%.c,%,$(wildcard solutions/*/wrong/*.c))
RIGHTS   := $(patsubst solutions/%.c,%,$(wildcard solutions/*/right/*.c))
COMMON   := $(patsubst %.c,%.o,$(wildcard labs/common/*.c))
# every map.c there is, as the folder its programs go to: a lab, its solution,
# and each other repair, wrong or right
SIDES    := $(LABS:%=labs/%) $(LABS:%=solutions/%) $(WRONGS:%=solutions/%) $(RIGHTS:%=solutions/%)
PROGRAMS := $(foreach m,$(MODES),$(SIDES:%=build/$m/%/lab))
RULES    := $(SIDES:%=build/plain/%/rules)
TESTS    := $(patsubst scripts/test/test_%.c,build/test/%,$(wildcard scripts/test/test_*.c))

LAB      ?= 01
SIDE     ?= racy
RUNS     ?=

.PHONY: all help setup build programs tests test lint clean doctor list traces matrix picture fuzz bench-walk bench-check bench-explore \
        crash tsan helgrind drd rules explore core walk diff \
        check answer watch hint reset next editor compile_commands.json
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: programs
	@scripts/walk.sh $(LAB)

help:
	@scripts/help.sh

# --- set-up: once per checkout; the scripts check again what each one needs --
build/.tools: scripts/setup.sh
	@sh scripts/setup.sh
	@mkdir -p build && touch $@
build/.tools-test: scripts/setup.sh
	@sh scripts/setup.sh test || echo 'make: the tests that need these are skipped, by name' >&2
	@mkdir -p build && touch $@
setup:
	@sh scripts/setup.sh

# --- compiling ---------------------------------------------------------------
# $(call lab_of,labs/01-x/map) is 01-x, and so is that of solutions/01-x/right/y
lab_of = $(word 2,$(subst /, ,$1))

define mode_rules
build/$1/%.o: %.c | build/.tools
	@mkdir -p $$(@D)
	@[ ! -t 2 ] || printf '\r\033[Kbuilding $$@' >&2
	@$$(CC) $$(CFLAGS) $$(flags.$1) -Ilabs/common -Ilabs/$$(call lab_of,$$*) -MMD -MP -c $$< -o $$@
endef
$(foreach m,$(MODES) tool asan fuzz rt,$(eval $(call mode_rules,$m)))

# $1 mode, $2 side's folder, $3 object of its map.c
define side_rules
build/$1/$2/lab: build/$1/$3 build/$1/labs/$(call lab_of,$2)/work.o $(COMMON:%=build/$1/%)
	@mkdir -p $$(@D)
	@$$(CC) $$(CFLAGS) $$(flags.$1) $$(filter-out build/lib/%,$$^) -o $$@
build/$1/$2/rules: build/$1/$3 build/$1/labs/$(call lab_of,$2)/rules.o $(COMMON:%=build/$1/%)
	@mkdir -p $$(@D)
	@$$(CC) $$(CFLAGS) $$(flags.$1) $$^ -lcriterion -o $$@
endef
# One more, for scripts/judge: make JUDGED=judge/NN-slug/ID MAP=FILE, wherever FILE lies
ifdef JUDGED
define judged_rules
build/$1/$(JUDGED)/map.o: $(MAP) | build/.tools
	@mkdir -p $$(@D)
	@$$(CC) $$(CFLAGS) $$(flags.$1) -Ilabs/common -Ilabs/$(call lab_of,$(JUDGED)) -c $$< -o $$@
endef
$(foreach m,$(MODES),$(eval $(call judged_rules,$m))$(eval $(call side_rules,$m,$(JUDGED),$(JUDGED)/map.o)))
endif
build/explore/%: private CC = scripts/explore/cc.sh
$(SIDES:%=build/explore/%/lab) build/explore/$(JUDGED)/lab: build/lib/explore-rt.o
$(foreach m,$(MODES),\
  $(foreach l,$(LABS),$(eval $(call side_rules,$m,labs/$l,labs/$l/map.o))\
                      $(eval $(call side_rules,$m,solutions/$l,solutions/$l/map.o)))\
  $(foreach w,$(WRONGS) $(RIGHTS),$(eval $(call side_rules,$m,solutions/$w,solutions/$w.o))))

# The solution without its words to Valgrind, to show what those are for.
build/plain/solutions/%/map-unannotated.o: solutions/%/map.c | build/.tools
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(flags.plain) -DNVALGRIND -Ilabs/common -Ilabs/$* -c $< -o $@
build/plain/solutions/%/lab-unannotated: build/plain/solutions/%/map-unannotated.o \
        build/plain/labs/%/work.o $(COMMON:%=build/plain/%)
	@$(CC) $(CFLAGS) $(flags.plain) $^ -o $@

# --- the tools ------------------------------------------------------------------
objects_of = $(patsubst %.c,build/tool/%.o,$(wildcard scripts/$1/*.c scripts/$1/read/*.c scripts/$1/join/*.c scripts/$1/tell/*.c))
RUN      := $(call objects_of,run)
WALK     := $(call objects_of,walk) build/tool/build/gen/scripts/walk/tell/profile.pb-c.o build/tool/scripts/run/child.o
WALKLIBS := -lexpat -ljansson -lprotobuf-c -lz -lelf -lm

EXPLORE  := $(patsubst %.c,build/tool/%.o,$(wildcard scripts/explore/*.c scripts/explore/tell/*.c))
# what the explorer tells by walk's means
EXPLORE_WALK := $(filter-out %/walk/main.o %/walk/options.o,$(WALK))
build/bin/explore: $(EXPLORE) $(EXPLORE_WALK) | build/lib/explore-rt.o
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(EXPLORE) $(EXPLORE_WALK) $(WALKLIBS) -ldw -o $@
JUDGE    := $(call objects_of,judge) build/tool/scripts/run/child.o \
            $(addprefix build/tool/scripts/walk/,pool.o tell/jsonout.o tell/utf8.o tell/xml.o)
ANSWER   := $(patsubst %.c,build/tool/%.o,$(wildcard scripts/judge/answer/*.c) $(addprefix scripts/judge/,asked.c explored.c head.c place.c told.c)) \
            build/tool/scripts/run/child.o
build/bin/answer: $(ANSWER)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -ljansson -lm -o $@
build/bin/judge: $(JUDGE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -ljansson -lelf -lm -o $@
build/bin/run: $(RUN)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -lm -o $@
build/bin/walk: $(WALK)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(WALKLIBS) -o $@

# The explorer's runtime goes into the explored program: one object, whose own state lies
# in sections of its own (snapshot.c leaves them out), and which shows the program nothing
# but what it interposes.
flags.rt := -O2 -fomit-frame-pointer -fPIE -fvisibility=hidden -fno-builtin -fno-stack-protector -fcf-protection=none \
            -fno-tree-loop-distribute-patterns
EXPLORE_RT := $(patsubst %.c,build/rt/%.o,$(wildcard scripts/explore/rt/*.c))
build/lib/explore-rt.o: $(EXPLORE_RT) build/lib/explore-wraps
	@mkdir -p $(@D)
	@ld -r $(EXPLORE_RT) -o $@.all
	@objcopy --localize-hidden --rename-section .bss=explore_bss --rename-section .data=explore_data \
	    --rename-section .data.rel.local=explore_data --rename-section .data.rel=explore_data \
	    --set-section-alignment .bss=4096 --set-section-alignment .data=4096 $@.all $@
	@rm -f $@.all
build/lib/explore-wraps: scripts/explore/rt/wraps.txt
	@mkdir -p $(@D)
	@sed -n 's/^[a-z_][a-z0-9_]*$$/--wrap=&/p' $< >$@

build/gen/%.pb-c.c: %.proto | build/.tools
	@mkdir -p build/gen
	@protoc-c --c_out=build/gen $<
$(foreach m,tool asan fuzz,build/$m/scripts/walk/tell/pprof.o) build/tool/scripts/test/test_walk_formats.o: build/gen/scripts/walk/tell/profile.pb-c.c
# generated, and not ours to mend
$(foreach m,tool asan fuzz,build/$m/build/gen/%.o): WERROR = -w

# --- fuzzing: each target is a reader; what it read is joined and listed ------------
TARGETS  := $(patsubst scripts/walk/fuzz/%.c,%,$(wildcard scripts/walk/fuzz/fuzz_*.c))
FUZZED    = $(patsubst build/tool/%,build/$1/%,$(filter-out %/walk/main.o,$(WALK)))
build/fuzz/%.o: CC = clang
build/fuzz/%.o: WERROR =
build/fuzz/fuzz_%: build/fuzz/scripts/walk/fuzz/fuzz_%.o $(call FUZZED,fuzz)
	@clang -g -fsanitize=fuzzer,address,undefined $^ $(WALKLIBS) -o $@
build/fuzz/replay_%: build/asan/scripts/walk/fuzz/fuzz_%.o build/asan/scripts/walk/fuzz/replay.o $(call FUZZED,asan)
	@mkdir -p $(@D)
	@$(CC) -g -fsanitize=address,undefined $^ $(WALKLIBS) -o $@

# --- tests of all of it ------------------------------------------------------------
# the walk tests' own; those of the explorer and of the judge are named below
SUPPORT  := $(patsubst scripts/test/%.c,build/tool/scripts/test/%.o,$(filter-out scripts/test/test_% %/corpus.c %/judged.c,$(wildcard scripts/test/*.c)))
# by name, or make would take the next rule as long as an object is not there yet
$(filter build/test/walk%,$(TESTS)): build/test/%: build/tool/scripts/test/test_%.o $(SUPPORT) $(filter-out %/walk/main.o,$(WALK))
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -lcriterion $(WALKLIBS) -o $@
$(filter build/test/judge% build/test/repairs,$(TESTS)): build/tool/scripts/test/judged.o
$(filter build/test/explore%,$(TESTS)): build/tool/scripts/test/corpus.o
build/test/%: build/tool/scripts/test/test_%.o build/tool/scripts/test/support.o \
              build/tool/scripts/run/child.o $(COMMON:%=build/plain/%)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -lcriterion -ljansson -o $@

-include $(shell find build -name '*.d' 2>/dev/null)

built = @[ ! -t 2 ] || printf '\r\033[K' >&2
programs: $(foreach m,$(MODES),$(foreach l,$(LABS),build/$m/labs/$l/lab build/$m/solutions/$l/lab)) build/bin/run build/bin/walk build/bin/explore build/bin/judge build/bin/answer
	$(built)
build: $(PROGRAMS) $(RULES) build/bin/run build/bin/walk build/bin/explore build/bin/judge build/bin/answer
	$(built)
tests: build $(TESTS) $(TARGETS:fuzz_%=build/fuzz/replay_%)
	$(built)

# --- one lab: LAB is a number, a slug or a part of it; SIDE=solution ---------
crash tsan helgrind drd rules explore: programs
	@scripts/lab.sh $@ $(LAB) $(SIDE) $(RUNS:%=--runs %)
core: programs
	@scripts/lab.sh core $(LAB) $(SIDE)
walk: programs
	@scripts/walk.sh $(LAB) $(FORMAT:%=--format %)
diff:
	@scripts/lab.sh diff $(LAB)
check:
	@scripts/check.sh $(if $(ALL),--all) $(LAB)
answer:
	@scripts/answer.sh $(LAB) $(if $(FUNCTIONS),--functions '$(FUNCTIONS)') $(if $(VICTIM),--victim '$(VICTIM)') $(if $(CLASS),--class '$(CLASS)')
watch:
	@scripts/watch.sh $(LAB)
hint:
	@scripts/hint.sh $(LAB) $(HINT)
# throws work away: of the lab that was named, not of LAB's default
reset:
	@scripts/reset.sh $(if $(filter 1 yes,$(FORCE)),--force) $(if $(filter file,$(origin LAB)),,$(LAB))
list next editor:
	@scripts/$@.sh
compile_commands.json: editor

# --- the whole house ---------------------------------------------------------
doctor:
	@scripts/doctor.sh
test: build/.tools-test tests
	@scripts/test.sh $(TESTS)
traces: programs
	@scripts/traces.sh
matrix: programs
	@mkdir -p traces
	@scripts/matrix.sh | tee build/matrix.txt && mv build/matrix.txt traces/matrix.txt
picture: programs
	@scripts/picture.sh
fuzz:
	@scripts/fuzz.sh
bench-explore: programs
	@scripts/bench-explore.sh
bench-check: build
	@scripts/bench-check.sh
bench-walk: programs
	@scripts/bench-walk.sh
lint:
	@scripts/lint.sh
clean:
	rm -rf build
