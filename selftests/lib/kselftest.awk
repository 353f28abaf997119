# SPDX-License-Identifier: GPL-2.0-or-later
#
# Flatten what kselftest's runner prints: a test program's own results become
# results of their own, "label: program: what". A failed program's output is
# shown, a passed one's is not. Variables: label; verbose=1 shows everything.

function result(verdict, text) {
	printf "%s %d - %s: %s\n", verdict, ++number, label, text
	fflush()
}

function flush_nested(	i) {
	for (i = 1; i <= nested; i++)
		result(verdict[i], program ": " what[i])
	for (i = 1; bad && i <= lines; i++)
		print line[i]
	fflush()
}

function start(name) {
	program = name
	began = systime()
	nested = lines = bad = 0
}

/^# (overriding timeout|timeout set)/ { next }

/^# selftests: / {
	start($NF)
	next
}

# The runner's verdict on the whole program; it stands for itself if the
# program gave no results, or none that explains a failure.
/^(not )?ok [0-9]+ selftests: / {
	whole = /^not/ ? "not ok" : "ok"
	match($0, /selftests: [^ ]* [^ ]+/)
	bad = whole == "not ok"
	explained = 0
	for (i = 1; i <= nested; i++)
		if (verdict[i] == "not ok")
			explained = 1
	flush_nested()
	if (!nested || (bad && !explained)) {
		comment = ""
		if (match($0, / # .*/))
			comment = substr($0, RSTART)
		result(whole, program comment)
	}
	print "# " program ": " systime() - began " s"
	start("")
	next
}

/^# +(not )?ok( [0-9]+)?( |$)/ && program != "" {
	nested++
	verdict[nested] = /^# +not/ ? "not ok" : "ok"
	text = $0
	sub(/^# +(not )?ok *[0-9]* *-? */, "", text)
	what[nested] = text
}

/^(not )?ok - / {
	text = $0
	sub(/^(not )?ok - /, "", text)
	result(/^not/ ? "not ok" : "ok", text)
	next
}

/^(TAP version|1\.\.[0-9])/ { next }

{
	if (program != "")
		line[++lines] = $0
	if (verbose || program == "")
		print /^#/ ? $0 : "# " $0
	fflush()
}

END {
	if (program != "") {
		bad = 1
		flush_nested()
		result("not ok", program ": did not end")
	}
}
