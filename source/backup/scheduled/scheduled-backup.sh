#!/bin/sh
# Makes one backup of all databases into the storage of the site, in the format of docs/backup.md. Any POSIX shell runs it; beside what
# POSIX has it needs mktemp, sha256sum, head -c and date -d @SECONDS, which Debian, Alpine and Red Hat have.
#
# Environment: CONFIG (folder: databases), SECRETS (folder: logins, keys, small parts that were put aside), LIVE (folder: small parts as
# the cluster has them now; they go first), PARTS (their files, with blanks between: KIND.ENDING or KIND-NAME.ENDING; what is in neither
# folder is said to be lacking), TOOL, RECIPIENTS (age, with blanks between), RETENTION_DAYS, COMPONENTS (JSON), MARKER, RESULT (file for
# what came of it, or none), and with STORAGE=folder TARGET, with STORAGE=s3 S3_ENDPOINT, S3_BUCKET, S3_PREFIX (may begin with a slash),
# S3_REGION, S3_PATH_STYLE.
# With MODE=watch it makes none, and says whether the newest whole one is younger than STALE_HOURS; with MODE=list it prints the manifests.
# Nothing secret is an argument or a variable: programs read their logins from files that only this process can read.
# Exit codes: 0 a whole backup was written and read back; 1 it was not, and nothing was removed. Of a watch: 1 there is no young one.
set -eu
umask 077
LC_ALL=C
export LC_ALL

work=$(mktemp -d "${TMPDIR:-/tmp}/backup.XXXXXX")
failed=$work/failed
finish() {
	status=$?
	trap - EXIT
	[ "$status" -eq 0 ] || drop_unfinished || :
	rm -rf "$work"
	exit "$status"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
# Where nobody keeps what came of it, the log has it all the same.
result() { [ "${RESULT:-none}" = none ] || { cat > "$RESULT"; } 2> /dev/null || :; }
die() { say "FAILED: $*" >&2; printf 'FAILED: %s\n' "$*" | result; exit 1; }
now() { date -u +%Y-%m-%dT%H:%M:%S.000Z; }
# Words of programs, fit for a JSON text.
plain() { tr -cd 'A-Za-z0-9 ._+():~,-' | cut -c1-200; }

id=$(date -u +%Y%m%dT%H%M%SZ)-$(head -c 16 /dev/urandom | sha256sum | cut -c1-6)
created=$(now)
begun=

# ---- a mounted folder

folder_open() { mkdir "$TARGET/$id"; }
folder_put() { cat > "$TARGET/$id/$1.partial"; }
folder_keep() { mv "$TARGET/$id/$1.partial" "$TARGET/$id/$1"; }
folder_drop() { rm -rf "${TARGET:?}/$id"; }
folder_read() { cat "$TARGET/$1/$2"; }
folder_ids() { ls "$TARGET"; }
# The name goes first, so that no half of a backup is ever taken for one.
folder_remove() {
	mv "$TARGET/$1" "$TARGET/.$1.removing"
	rm -rf "$TARGET/.$1.removing"
}

# ---- a bucket

encoded() { printf %s "$1" | sed 's/%/%25/g; s/ /%20/g; s/+/%2B/g; s/=/%3D/g; s/&/%26/g'; }
quoted() { sed 's/\\/\\\\/g; s/"/\\"/g'; }

s3_open() {
	scheme=${S3_ENDPOINT%%://*}
	authority=${S3_ENDPOINT#*://}
	if [ "$S3_PATH_STYLE" = true ]; then base=$S3_ENDPOINT/$S3_BUCKET; else base=$scheme://$S3_BUCKET.$authority; fi
	key=$base/${S3_PREFIX:+$S3_PREFIX/}
	{
		printf 'silent\nshow-error\nfail\nconnect-timeout = 20\nspeed-limit = 1\nspeed-time = 120\nretry = 2\n'
		printf 'aws-sigv4 = "aws:amz:%s:s3"\n' "$S3_REGION"
		printf 'user = "%s:%s"\n' "$(quoted < "$SECRETS/accessKey")" "$(quoted < "$SECRETS/secretKey")"
		[ "$scheme" = http ] || printf 'cacert = "%s"\n' "$SECRETS/ca.crt"
	} > "$work/curl"
}
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
s3_ask() { # METHOD ADDRESS
	curl -K "$work/curl" -X "$1" -H "x-amz-content-sha256: $empty" "$2"
}
s3_send() { # METHOD ADDRESS FILE; prints the headers of the answer
	curl -K "$work/curl" -X "$1" -H "x-amz-content-sha256: $(sha256sum < "$3" | cut -c1-64)" -H 'Expect:' -D - --data-binary "@$3" \
		-H 'Content-Type: application/octet-stream' -o "$work/answer" "$2"
}
field() { tr '<' '\n' | sed -n "s/^$1>//p"; }
# In pieces: its length is not known before, and no second copy of a dump needs room.
s3_put() { # FILE
	at=$key$id/$1
	: > "$work/none"
	s3_send POST "$at?uploads=" "$work/none" > /dev/null || return 1
	upload=$(field UploadId < "$work/answer")
	[ -n "$upload" ] || return 1
	printf %s "$1" > "$work/uploading"
	printf %s "$upload" > "$work/upload"
	: > "$work/pieces"
	number=1
	while :; do
		head -c 33554432 > "$work/piece"
		[ -s "$work/piece" ] || [ "$number" -eq 1 ] || break
		etag=$(s3_send PUT "$at?partNumber=$number&uploadId=$upload" "$work/piece" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: *//p')
		[ -n "$etag" ] || return 1
		printf '<Part><PartNumber>%s</PartNumber><ETag>%s</ETag></Part>' "$number" "$etag" >> "$work/pieces"
		number=$((number + 1))
	done
	rm -f "$work/piece"
}
s3_keep() {
	{ printf '<CompleteMultipartUpload>'; cat "$work/pieces"; printf '</CompleteMultipartUpload>'; } > "$work/whole"
	s3_send POST "$key$id/$1?uploadId=$(cat "$work/upload")" "$work/whole" > /dev/null
	grep -q '<CompleteMultipartUploadResult' "$work/answer"
	rm "$work/upload"
}
s3_read() { s3_ask GET "$key$1/$2"; }
s3_names() { # PREFIX below S3_PREFIX; one name a line
	token=
	while :; do
		query="list-type=2&prefix=$(encoded "${S3_PREFIX:+$S3_PREFIX/}$1" | sed 's/\//%2F/g')"
		[ -z "$token" ] || query="continuation-token=$(encoded "$token")&$query"
		s3_ask GET "$base?$query" > "$work/list"
		field Key < "$work/list" | sed "s|^${S3_PREFIX:+$S3_PREFIX/}||"
		token=$(field NextContinuationToken < "$work/list")
		[ -n "$token" ] || break
	done
}
s3_ids() { s3_names '' | cut -d/ -f1 | sort -u; }
# The manifest goes first, so that no half of a backup is ever taken for one.
s3_remove() {
	s3_ask DELETE "$key$1/manifest.json"
	s3_names "$1/" | while IFS= read -r name; do s3_ask DELETE "$key$name"; done
}
s3_drop() {
	[ ! -s "$work/upload" ] || s3_ask DELETE "$key$id/$(cat "$work/uploading")?uploadId=$(cat "$work/upload")" || :
	s3_remove "$id"
}

kind=${STORAGE:-folder}
S3_PREFIX=${S3_PREFIX:-}
S3_PREFIX=${S3_PREFIX#/}
store_put() { "${kind}_put" "$@"; }
drop_unfinished() { [ -z "$begun" ] || "${kind}_drop"; }

# ---- parts

# put FILE: standard input, as it is.
put() {
	store_put "$1" || : > "$failed"
	[ ! -e "$failed" ] || die "$1 could not be written"
	"${kind}_keep" "$1" || die "$1 could not be written to its end"
}

# ---- what is there, newest first

ids() { "${kind}_ids" | grep -E '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$' | sort -r; }
ago() { date -u -d "@$(($(date +%s) - $1))" +%Y%m%dT%H%M%SZ; }
# whole ID: its manifest says that it was finished.
whole() { "${kind}_read" "$1" manifest.json > "$work/seen" 2> /dev/null && grep -q '"finishedAt"' "$work/seen"; }
# One member of a JSON object a line; a word that stands inside another one has a backslash before its quotes, and is none.
members() { tr '\n\t,{' '  \n\n' | sed 's/^ *//'; }
times_in() { members | sed -n "s/^\"$1\": *\"\([0-9TZ:.-]*\)\".*/\1/p"; }
# What the manifest in $work/seen says, for whoever has no way to the storage: id, end, size, what it lacks, and its last use.
told() { # ID
	bytes=0
	parts=0
	for one in $(members < "$work/seen" | sed -n 's/^"bytes": *\([0-9][0-9]*\).*/\1/p'); do
		bytes=$((bytes + one))
		parts=$((parts + 1))
	done
	lacks=$(tr -d '\n\t' < "$work/seen" | sed -n 's/.*"lacks": *\[\([^]]*\)\].*/\1/p')
	# A node keeps 4096 bytes of it.
	[ "${#lacks}" -le 2000 ] || lacks='"more than can be told here"'
	printf '{"id":"%s","finishedAt":"%s","bytes":%s,"parts":%s,"lacks":[%s],"manifest":"%s"' "$1" "$(times_in finishedAt < "$work/seen" | head -n 1)" \
		"$bytes" "$parts" "$lacks" "$(sha256sum < "$work/seen" | cut -c1-64)"
	"${kind}_read" "$1" restored.json > "$work/uses" 2> /dev/null || : > "$work/uses"
	used=$(times_in at < "$work/uses" | sort | tail -n 1)
	[ -z "$used" ] || printf ',"usedAt":"%s"' "$used"
	printf '}\n'
}

open_store() {
	if [ "$kind" = s3 ]; then s3_open; else [ -d "$TARGET" ] || die "there is no storage at $TARGET"; fi
}

watch() {
	open_store
	limit=$(ago $((STALE_HOURS * 3600)))
	ids > "$work/ids" || :
	while IFS= read -r one; do
		whole "$one" || continue
		[ "$(printf '%s\n%s\n' "${one%-*}" "$limit" | sort | head -n 1)" = "$limit" ] ||
			die "the newest good backup is $one: older than $STALE_HOURS hours"
		say "the newest good backup is $one"
		told "$one" | result
		exit 0
	done < "$work/ids"
	die 'there is no good backup'
}

list() {
	open_store
	ids > "$work/ids" || :
	while IFS= read -r one; do
		whole "$one" || { printf '{"id":"%s","whole":false}\n' "$one"; continue; }
		tr -d '\n\t' < "$work/seen"
		printf '\n'
	done < "$work/ids"
	exit 0
}

case ${MODE:-backup} in
	watch) watch ;;
	list) list ;;
esac

recipients=
for one in $RECIPIENTS; do recipients="$recipients -r $one"; done
[ -n "$recipients" ] || die 'there is nobody to encrypt for'

# part KIND NAME FILE DATABASE-JSON: encrypts standard input and adds it to the manifest. A source that breaks off leaves $failed.
part() {
	started=$(now)
	rm -f "$work/plain.pipe" "$work/lying.pipe" "$work/sum.pipe"
	mkfifo "$work/plain.pipe" "$work/lying.pipe" "$work/sum.pipe"
	wc -c < "$work/plain.pipe" > "$work/plain" & plain_counter=$!
	wc -c < "$work/lying.pipe" > "$work/lying" & lying_counter=$!
	sha256sum < "$work/sum.pipe" > "$work/sum" & summer=$!
	{
		# shellcheck disable=SC2086 # each recipient is a word of its own, and holds letters and digits alone
		{ tee "$work/plain.pipe" || : > "$failed"; } | { age --encrypt $recipients || : > "$failed"; } |
			{ tee "$work/lying.pipe" "$work/sum.pipe" || : > "$failed"; } | { store_put "$3" || : > "$failed"; }
	}
	wait "$plain_counter" "$lying_counter" "$summer"
	[ ! -e "$failed" ] || die "$3 was not written to its end; its dump, age or the storage said why"
	"${kind}_keep" "$3" || die "$3 could not be written to its end"
	sum=$(cut -c1-64 < "$work/sum")
	printf '%s  %s\n' "$sum" "$3" >> "$work/sums"
	[ ! -s "$work/parts" ] || printf ',\n' >> "$work/parts"
	printf '{"kind":"%s","name":"%s","file":"%s","bytes":%s,"plainBytes":%s,"sha256":"%s",%s"startedAt":"%s","endedAt":"%s"}' \
		"$1" "$2" "$3" "$(($(cat "$work/lying")))" "$(($(cat "$work/plain")))" "$sum" "${4:+\"database\":$4,}" "$started" "$(now)" >> "$work/parts"
	say "$3: $(($(cat "$work/lying"))) bytes"
}

manifest() { # END, empty while it is not whole
	printf '{"format":1,"id":"%s","purpose":"scheduled","run":"%s","tool":"%s","createdAt":"%s",' "$id" "${HOSTNAME:-cronjob}" "$TOOL" "$created"
	[ -z "$1" ] || printf '"finishedAt":"%s",' "$1"
	printf '"encryption":"age","recipients":['
	separator=
	for one in $RECIPIENTS; do printf '%s"%s"' "$separator" "$one"; separator=,; done
	printf '],"lacks":['
	separator=
	while IFS= read -r one; do printf '%s"%s"' "$separator" "$one"; separator=,; done < "$work/lacks"
	printf '],"components":%s,"parts":[\n' "$COMPONENTS"
	cat "$work/parts"
	printf '\n]}\n'
}

# ---- databases

# login NUMBER: the files of a login, into a folder of this process.
login() {
	mkdir -p "$work/login"
	rm -f "$work/login/"*
	for file in "$SECRETS/db-$1."*; do
		sed "s|@FOLDER@|$work/login|g" "$file" > "$work/login/${file##*/db-"$1".}"
	done
}

pg_rows() {
	printf '%s\n' \
		'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;' \
		"SELECT format('SELECT json_build_object(''name'', %L, ''rows'', count(*)) FROM ONLY %I.%I', CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END, nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'r' AND relpersistence <> 't' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' ORDER BY 1 \\gexec" |
		psql --no-psqlrc --quiet --tuples-only --no-align --no-password --set=ON_ERROR_STOP=1 --file=-
}
pg_ask() { psql --no-psqlrc --quiet --tuples-only --no-align --no-password --set=ON_ERROR_STOP=1 --command="$1"; }

dump_postgresql() { # NAME DATABASE
	# shellcheck source=/dev/null
	. "$work/login/environment"
	version=$(pg_ask 'SHOW server_version' | cut -d' ' -f1 | plain)
	[ -n "$version" ] || die "the server of database $2 does not say its version"
	pg_rows > "$work/counted" || die "the rows of database $2 cannot be counted"
	grep '^{' "$work/counted" > "$work/rows" || :
	revision=
	if grep -q '"alembic_version"' "$work/rows"; then revision=$(pg_ask 'SELECT version_num FROM alembic_version LIMIT 1' | plain); fi
	facts=$(database postgresql PostgreSQL "$version" "$2" "$revision" "$(pg_dump --version | plain)")
	{ pg_dump --format=custom --no-owner --no-acl --compress=1 --lock-wait-timeout=60000 --no-password < /dev/null || : > "$failed"; } |
		part database "$1" "database-$1.dump.age" "$facts"
}

my_ask() { mysql --defaults-file="$work/login/login.cnf" --batch --skip-column-names --raw "$my_database" -e "$1" < /dev/null; }
my_rows() {
	my_ask "SELECT CONCAT('SELECT JSON_OBJECT(''name'', ', QUOTE(table_name), ', ''rows'', COUNT(*)) FROM \`', REPLACE(table_name, '\`', '\`\`'), '\`;') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name" > "$work/statements" || return 1
	mysql --defaults-file="$work/login/login.cnf" --batch --skip-column-names --raw "$my_database" < "$work/statements"
}

dump_mysql() { # NAME DATABASE
	my_database=$2
	version=$(my_ask 'SELECT VERSION()' | plain)
	[ -n "$version" ] || die "the server of database $2 does not say its version"
	case $version in *MariaDB*) product=MariaDB own= ;; *) product=MySQL own='--set-gtid-purged=OFF --column-statistics=0' ;; esac
	if [ "$(my_ask "SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE()")" != 0 ]; then own="$own --routines"; fi
	if [ "$(my_ask "SELECT COUNT(*) FROM information_schema.events WHERE event_schema = DATABASE()")" != 0 ]; then own="$own --events"; fi
	my_rows > "$work/counted" || die "the rows of database $2 cannot be counted"
	grep '^{' "$work/counted" > "$work/rows" || :
	revision=
	if grep -q '"alembic_version"' "$work/rows"; then revision=$(my_ask 'SELECT version_num FROM alembic_version LIMIT 1' | plain); fi
	if grep -q "\"$MARKER\"" "$work/rows"; then die "database $2 is half of a restore; a dump of it is no backup"; fi
	facts=$(database mysql "$product" "$(printf %s "$version" | cut -d- -f1)" "$2" "$revision" "$(mysqldump --version | plain)")
	{
		# shellcheck disable=SC2086 # options of this script
		mysqldump --defaults-file="$work/login/login.cnf" --single-transaction --quick --skip-lock-tables --skip-add-locks --skip-dump-date \
			--no-tablespaces --hex-blob --triggers --default-character-set=utf8mb4 $own -- "$2" < /dev/null || : > "$failed"
	} | part database "$1" "database-$1.sql.age" "$facts"
}

database() { # ENGINE PRODUCT VERSION DATABASE REVISION TOOL; tables are in $work/rows
	printf '{"engine":"%s","product":"%s","version":"%s","name":"%s",' "$1" "$2" "$3" "$4"
	[ -z "$5" ] || printf '"revision":"%s",' "$5"
	printf '"tables":[%s],"tool":"%s"}' "$(paste_lines < "$work/rows")" "$6"
}
paste_lines() { sed '$!s/$/,/' | tr -d '\n'; }

# ---- the backup

: > "$work/parts"
: > "$work/sums"
: > "$work/lacks"
open_store
[ "$kind" = s3 ] || folder_open || die 'the storage cannot be written to'
begun=yes
say "backup $id begins"
manifest '' | put manifest.json

# Keys before data, and workspaces before the control plane, which knows everybody whom they name.
for file in $PARTS; do
	name=${file%.*}
	of=${name%%-*}
	name=${name#"$of-"}
	for folder in "$LIVE" "$SECRETS"; do
		[ -f "$folder/$file" ] || continue
		part "$of" "$name" "$file.age" '' < "$folder/$file"
		continue 2
	done
	say "$file is not there, and not in the backup"
	if [ "$of" = "$name" ]; then echo "$of"; else echo "$of $name"; fi >> "$work/lacks"
done
while IFS='	' read -r number engine name of; do
	login "$number"
	say "database $of of $name"
	case $engine in
		postgresql) (dump_postgresql "$name" "$of") ;;
		mysql) (dump_mysql "$name" "$of") ;;
		*) die "no way to dump a database of $engine" ;;
	esac
done < "$CONFIG/databases"

manifest "$(now)" > "$work/manifest.json"
printf '%s  manifest.json\n' "$(sha256sum < "$work/manifest.json" | cut -c1-64)" >> "$work/sums"
sort -k2 "$work/sums" > "$work/SHA256SUMS"
put SHA256SUMS < "$work/SHA256SUMS"

# What counts is what comes back.
while read -r sum file; do
	[ "$file" = manifest.json ] || [ "$("${kind}_read" "$id" "$file" | sha256sum | cut -c1-64)" = "$sum" ] || die "$file comes back with other bytes"
done < "$work/SHA256SUMS"
put manifest.json < "$work/manifest.json"
[ "$("${kind}_read" "$id" manifest.json | sha256sum)" = "$(sha256sum < "$work/manifest.json")" ] || die 'the manifest comes back with other bytes'
begun=
say "backup $id is whole and was read back"
cp "$work/manifest.json" "$work/seen"
told "$id" | result

# ---- retention: only after a good one, which itself stays

oldest=$(ago $((RETENTION_DAYS * 86400)))
ids > "$work/ids" || :
while IFS= read -r old; do
	[ "$old" != "$id" ] || continue
	[ "$(printf '%s\n%s\n' "${old%-*}" "$oldest" | sort | head -n 1)" = "${old%-*}" ] || continue
	"${kind}_remove" "$old" || { say "backup $old could not be removed" >&2; continue; }
	say "backup $old removed: its time is over"
done < "$work/ids"

printf '{"id":"%s","parts":%s}\n' "$id" "$(($(wc -l < "$work/SHA256SUMS") - 1))"
