# A connector that follows the protocol, except for the fault in its first argument. The second argument is the time in seconds,
# since `date` would start a process. It reads only the compact JSON that the conformance suite writes.

fault=$1
now=${2}000
shift 2

is() { [ "$fault" = "$1" ]; }
say() { printf '%s\n' "$1"; }
has() { case $1 in *"$2"*) true ;; *) false ;; esac; }

trace() {
    at=$now
    is trace_time_is_in_milliseconds && at=${now%000}
    say '{"type":"TRACE","trace":{"type":"'"$1"'","emitted_at":'"$at.0,$2}}"
}

# error MESSAGE FAILURE_TYPE [DESCRIPTOR]
error() { trace ERROR '"error":{"message":"'"$1"'","failure_type":"'"$2"'"'"${3:+,\"stream_descriptor\":$3}}"; }
fail() {
    error "$1" "${2-config_error}"
    exit 1
}

usage() {
    echo 'usage: model spec|check|discover|read [--config FILE] [--catalog FILE] [--state FILE]' >&2
    is usage_on_stderr && exit 1
    is usage_on_stdout && say 'usage: model spec|check|discover|read'
    is usage_as_trace && error 'wrong command line' config_error
    exit 2
}

command=$1
[ $# -gt 0 ] && shift
config_file= catalog_file= state_file= debug=
while [ $# -gt 0 ]; do
    case $1 in
    --debug) debug=yes ;;
    --config) config_file=$2 && shift ;;
    --catalog) catalog_file=$2 && shift ;;
    --state) state_file=$2 && shift ;;
    *) usage ;;
    esac
    shift
done
case $command in
spec) ;;
check | discover) [ -n "$config_file" ] || usage ;;
read) [ -n "$config_file" ] && [ -n "$catalog_file" ] || usage ;;
*) usage ;;
esac

spec() {
    is debug_is_accepted && [ -n "$debug" ] && fail 'unknown option --debug' system_error
    is log_level_is_accepted && [ "${LOG_LEVEL-}" = debug ] && fail 'unknown log level' system_error
    version=0.2.0 root='"type":"object",' more= city='"type":"string"' order=1 title='"title":"Token",' about=Units
    is spec_is_of_this_protocol && version=1.0.0
    is spec_root && root=
    is secrets_are_marked && more=',"refreshToken":{"type":"string"}'
    pattern='^[A-Z][a-z]+$'
    is spec_patterns && pattern='(?i)^[a-z]+$'
    city=$city',"pattern":"'$pattern'","pattern_descriptor":"a name","examples":["Oslo"]'
    is secret_marks_are_right && city=$city',"airbyte_secret":false'
    is spec_keywords && root=$root'"anyOf":[{"required":["city"]}],'
    is spec_types && city='"type":["null","string"]'
    is spec_one_of && title=
    is spec_annotations && order=0
    is spec_is_deterministic && about=$$
    login='{"type":"object","title":"Login","order":'$order',"oneOf":[{'$title'"type":"object","required":["kind","token"],"properties":{"kind":{"type":"string","const":"token"},"token":{"type":"string","airbyte_secret":true}}},{"title":"None","type":"object","required":["kind"],"properties":{"kind":{"type":"string","const":"none"}}}]}'
    line='{"type":"SPEC","spec":{"protocol_version":"'$version'","connectionSpecification":{'$root'"title":"Model","required":["city","login"],"properties":{"city":{'$city',"title":"City","order":0},"login":'$login',"units":{"type":"string","title":"Units","description":"'$about'","default":"metric","order":2},"limit":{"type":"integer","title":"Limit","default":100,"order":3}'$more'},"additionalProperties":true}}}'
    is spec_comes_early && for i in 1 2 3 4 5 6 7 8 9 10; do log "reading the manual, page $i"; done
    is one_spec && say "$line"
    is last_line_is_ended && printf %s "$line" && exit 0
    say "$line"
}

log() {
    level=INFO
    is logs_have_level_and_message && level=LOUD
    say '{"type":"LOG","log":{"level":"'$level'","message":"'"$1"'"}}'
}

# Sets `config`, or `wrong` if it is invalid.
load_config() {
    config= wrong=
    if [ ! -e "$config_file" ]; then
        wrong='there is no such file'
        return
    fi
    IFS= read -r config <"$config_file"
    if ! has "$config" '"units"' && is defaults_are_applied && [ "$command" = read ]; then wrong='units is missing'; fi
    if has "$config" '"units":' && ! has "$config" '"units":"'; then wrong='units must be text'; fi
    if ! has "$config" '"login":{'; then wrong='login is missing or wrong'; fi
    if ! has "$config" '"city":"'; then wrong='city is missing or wrong'; fi
    is config_error_names_the_field && [ -n "$wrong" ] && wrong='something is missing or wrong'
    if is config_error_hides_the_value && has "$config" '"city":["'; then
        wrong=${config#*'"city":["'} && wrong="city is wrong: ${wrong%%'"'*}"
    fi
    case $config in '{'*'}') ;; *) wrong='the configuration is not JSON' ;; esac
}

status() { say '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"'"$1"'"'"${2:+,\"message\":\"$2\"}}}"; }

check() {
    if [ "$wrong" = 'the configuration is not JSON' ]; then
        is failures_are_reported && exit 1
        is exit_code_shows_failure && error "$wrong" config_error && exit 0
        is runs_end && error "$wrong" config_error && exec sleep 60
    fi
    if has "$config" Brigadoon; then
        is unreachable_check_is_transient || fail 'Brigadoon is not there today' transient_error
        wrong='Brigadoon is not there today'
    fi
    if has "$config" '"city":"Atlantis"'; then wrong='Atlantis is under water'; fi
    if is unknown_config_fields_accepted && has "$config" unknown_field; then wrong='unknown_field is unknown'; fi
    if is check_succeeds && [ -z "$wrong" ] && ! has "$config" unknown_field; then wrong='city or login is rejected'; fi
    if [ -n "$wrong" ]; then
        is failed_check_has_a_message && has "$config" Atlantis && wrong=
        status FAILED "$wrong"
    else
        is one_connection_status && status SUCCEEDED
        status SUCCEEDED
    fi
}

discover() {
    is broken_config_fails && [ ! -e "$config_file" ] && wrong=
    if is error_traces_are_typed && [ ! -e "$config_file" ]; then fail "$wrong" ''; fi
    [ -n "$wrong" ] && fail "$wrong"
    modes='"full_refresh"' key='["id"]' resumable=true closed=true required= label='"type":["null","string"]'
    is catalog_streams && modes=$modes',"sometimes"'
    is catalog_paths && key=$key',["address"]'
    is incremental_is_resumable && resumable=false
    is schema_keywords && closed=false
    is schema_nullability && required='"required":["label"],'
    is schema_types && label=$label',"airbyte_type":"text"'
    users='{"name":"users","json_schema":{"type":"object","properties":{"id":{"type":["null","integer"]},"day":{"type":["null","string"],"format":"date"},"seen_at":{"type":["null","string"],"format":"date-time"},"score":{"type":["null","number"]},"note":{"type":["null","string"]},"address":{"type":["null","object"],"properties":{"street":{"type":["null","string"]}}}},"additionalProperties":true},"supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,"default_cursor_field":["day"],"source_defined_primary_key":['$key'],"is_resumable":'$resumable'}'
    tags='{"name":"tags","namespace":"shop","json_schema":{"type":"object",'$required'"properties":{"label":{'$label'}},"additionalProperties":'$closed'},"supported_sync_modes":['$modes']}'
    pages='{"name":"pages","json_schema":{"type":"object","properties":{"page":{"type":["null","integer"]}}},"supported_sync_modes":["full_refresh"],"is_resumable":true}'
    line='{"type":"CATALOG","catalog":{"streams":['$users,$tags,$pages']}}'
    is one_catalog && say "$line"
    say "$line"
}

# stream_status STATUS [REASON]
stream_status() {
    trace STREAM_STATUS '"stream_status":{"stream_descriptor":'"$descriptor"',"status":"'"$1"'"'"${2:+,\"reasons\":[$2]}}"
}

rate_limited() {
    reset=$((now + 60000))
    is status_reasons_are_rate_limits && reset=${reset%000}
    stream_status RUNNING '{"type":"RATE_LIMITED","rate_limited":{"quota_reset":'$reset'}}'
}

# state STREAM_STATE: also resets the count of records
state() {
    point=.0
    is record_counts_have_a_point && point=
    say '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":'"$descriptor"',"stream_state":'"$1"'},"sourceStats":{"recordCount":'"$count$point"'}}}'
    count=0
}

# record STREAM DATA [META]
record() {
    at=$now
    is record_time_is_in_milliseconds && at=${now%000}
    say '{"type":"RECORD","record":{"stream":'"$1"',"data":{'"$2"'},"emitted_at":'"$at${3:+,\"meta\":$3}}}"
    count=$((count + 1))
}

# Sets `reached` to the last digit of the day in the state, and `ahead` if the day is far in the future.
load_reached() {
    reached=0 ahead=
    entry=${state_text#*'"name":"users"'}
    [ "$entry" = "$state_text" ] && return
    has "$entry" '"namespace":"no_such' && return
    entry=${entry%%'"stream_descriptor"'*}
    has "$entry" '"day":"2999-12-31"' && reached=6 ahead=yes
    has "$entry" '"day":"2024-01-0' && reached=${entry#*'"day":"2024-01-0'} && reached=${reached%%'"'*}
}

read_users() {
    load_reached
    is last_state_is_used && [ "$mode" = incremental ] && [ -z "$ahead" ] && reached=0
    is finished_refresh_is_recognised && [ "$mode" = full_refresh ] && reached=0
    is incremental_is_resumable && [ "$mode" = full_refresh ] && reached=0
    stream_status STARTED
    stream_status RUNNING
    rate_limited
    is future_state_gives_no_records && [ -n "$ahead" ] && reached=0
    day=$reached
    for i in 1 2 3 4 5 6; do
        [ $i -le "$reached" ] && continue
        day=$i id=$i separator=T meta=
        is primary_keys_are_not_null && [ $i = 2 ] && id=null
        is values_match_their_types && separator=' '
        data='"id":'$id',"day":"2024-01-0'$i'"'
        has "$item" '"seen_at":{' && data=$data',"seen_at":"2024-01-0'$i$separator'08:00:00Z"'
        if has "$item" '"score":{' || is only_selected_fields; then data=$data',"score":'$i.5; fi
        has "$item" '"address":{' && data=$data',"address":{"street":"Elm Street"}'
        if has "$item" '"note":{' && [ $i = 1 ]; then
            side=SOURCE
            is changes_have_reasons && side=DESTINATION
            data=$data',"note":null' meta='{"changes":[{"field":"note","change":"NULLED","reason":"'$side'_RETRIEVAL_ERROR"}]}'
        fi
        record '"users"' "$data" "$meta"
        says=$day
        if [ $i = 2 ]; then
            is resuming_loses_nothing && [ "$mode" = incremental ] && says=3
            is resumed_refresh_loses_nothing && [ "$mode" = full_refresh ] && says=3
        fi
        case $i in 2 | 4) state '{"day":"2024-01-0'"$says"'"}' ;; esac
    done
    end=2024-01-0$day
    [ -n "$ahead" ] && ! is future_state_is_kept && end=2999-12-31
    state '{"day":"'$end'"}'
    if is plain_reads_succeed && [ "$mode" = full_refresh ] && [ -z "$state_file" ]; then
        error 'tired' system_error "$descriptor"
        stream_status INCOMPLETE
        failed=1
    else
        stream_status COMPLETE
    fi
}

read_tags() {
    stream_status STARTED
    is tags_never_end && exec sleep 60
    is statuses_in_order || stream_status RUNNING
    extra=
    is record_fields_are_in_the_schema && extra=',"colour":"red"'
    if is full_refresh_reads_everything && has "$catalog" '"sync_mode":"full_refresh","destination_sync_mode":"append","generation_id":1,"minimum_generation_id":0,"sync_id":1,"cursor_field"' && has "$state_text" day; then
        :
    else
        for i in 1 2 3; do record '"tags","namespace":"shop"' '"label":"tag '$i'"'$extra; done
    fi
    is record_data_is_an_object && record '"tags","namespace":"shop"' ''
    is record_counts_match && count=$((count + 1))
    is last_state_is_last && stream_status COMPLETE
    is every_stream_has_a_state || state '{"done":true}'
    is last_state_is_last && return
    is every_stream_has_an_end && ! has "$catalog" no_such_stream && return
    stream_status COMPLETE
}

read_pages() {
    stream_status STARTED
    stream_status RUNNING
    reached=0 entry=${state_text#*'"name":"pages"'}
    has "$entry" '"namespace":"no_such' && entry=
    entry=${entry%%'"stream_descriptor"'*}
    has "$entry" '"page":' && reached=${entry#*'"page":'} && reached=${reached%%[!0-9]*}
    is finished_refresh_gives_no_records && [ "$reached" = 3 ] && reached=2
    [ "$reached" = 3 ] && state '{"page":3}'
    for i in 1 2 3; do
        [ $i -le "$reached" ] && continue
        record '"pages"' '"page":'$i
        state '{"page":'$i'}'
    done
    stream_status COMPLETE
}

read_unknown() {
    is unknown_stream_fails_the_read && return
    named=$descriptor failed=1
    is stream_errors_name_the_stream && named=
    error "there is no stream $name" config_error "$named"
    stream_status INCOMPLETE
    is other_streams_are_still_read && exit 1
}

read_away() {
    type=transient_error failed=1
    is unreachable_read_is_transient && type=config_error
    stream_status STARTED
    error 'Brigadoon is not there today' $type "$descriptor"
    stream_status INCOMPLETE
}

read_all() {
    is config_errors_are_config_errors && [ -n "$wrong" ] && fail "$wrong" system_error
    [ -n "$wrong" ] && fail "$wrong"
    is works_in_any_directory && [ ! -e config.json ] && fail 'wrong working directory' system_error
    is relative_paths_are_accepted && ! has "$config_file" / && fail 'no absolute path'
    IFS= read -r catalog <"$catalog_file"
    case $catalog in '{'*'}') ;; *) is broken_catalog_fails_the_read && exit 0 || fail 'the catalog is not JSON' ;; esac
    state_text=
    [ -n "$state_file" ] && IFS= read -r state_text <"$state_file"
    case $state_text in
    '{}') is state_formats_are_accepted && fail 'the state is an object' system_error ;;
    '' | '['*']') ;;
    *) is broken_state_fails_the_read || fail 'the state is not JSON' system_error ;;
    esac
    is sentinels_are_accepted && has "$state_text" '"__ab_' && fail 'a state without a cursor' system_error
    is global_state_is_accepted && has "$state_text" '"GLOBAL"' && fail 'a GLOBAL state' system_error
    is extra_input_fields_accepted && has "$catalog" unknown_field && fail 'an unknown field'
    is stdout_is_messages && say 'Hello!'
    is stderr_is_quiet && echo 'Hello!' >&2
    is no_secret_in_output && log 'Authorization: Basic OmRCcnV0NDcxMSt4' && log 'token dDBrZW4vNDcxMSt4'
    case $fault in leaks\ *) log "${fault#leaks }" ;; esac
    is states_are_of_one_kind && say '{"type":"STATE","state":{"type":"LEGACY","data":{}}}'
    is only_configured_streams && descriptor='{"name":"ghosts"}' && count=0 && state '{}'
    is ends_when_stdout_closes && trap '' PIPE && exec 2>/dev/null
    log 'reading'
    failed=0 rest=${catalog#*'{"stream":'}
    while [ -n "$rest" ]; do
        item=${rest%%'{"stream":'*}
        mode=${item##*'"sync_mode":"'} mode=${mode%%'"'*}
        name=${item#*'"name":"'} name=${name%%'"'*}
        case $mode in
        full_refresh | incremental) ;;
        *) is bad_sync_mode_fails_the_read && mode=full_refresh || fail "there is no sync mode $mode" ;;
        esac
        count=0 descriptor='{"name":"'"$name"'"}'
        [ "$name" = tags ] && descriptor='{"name":"tags","namespace":"shop"}'
        has "$config" Brigadoon && name=away
        case $name in users) read_users ;; tags) read_tags ;; pages) read_pages ;; away) read_away ;; *) read_unknown ;; esac
        case $rest in *'{"stream":'*) rest=${rest#*'{"stream":'} ;; *) rest= ;; esac
    done
    if is records_of_configured_streams && ! has "$catalog" '"tags"'; then record '"tags"' '"label":"tag 4"'; fi
    exit $failed
}

case $command in
spec) spec ;;
check) load_config && check ;;
discover) load_config && discover ;;
read) load_config && read_all ;;
esac
