-- The views of `inferometer record sql`, over two tables: stored.lines, the proven lines of every record, and
-- stored.derived, what reports compute from them. docs/record.md tells every column with its unit.

-- The word of a reason; records up to version 0.1 hold a sentence. Empty: there is none.
CREATE MACRO stored.code(reason) AS
  CASE json_type(reason) WHEN 'OBJECT' THEN reason->>'code' WHEN 'VARCHAR' THEN reason->>'$' ELSE '' END;

CREATE VIEW lines AS
SELECT experiment, n, kind, item, value FROM stored.lines;

CREATE VIEW reports AS
SELECT experiment, value AS results FROM stored.derived WHERE kind = 'results';

CREATE VIEW experiments AS
SELECT r.experiment, r.results->>'$.experiment.title' AS title,
       TRY_CAST(r.results->>'$.experiment.started_utc' AS TIMESTAMP) AS started_utc,
       r.results->>'$.experiment.command' AS command,
       r.results->>'$.experiment.set' AS set_name, (r.results->>'$.experiment.seed')::UBIGINT AS seed,
       unnest(from_json(r.results->'effort', '{"mode": "VARCHAR", "warm_up_runs": "BIGINT",
         "timed_runs": "BIGINT", "repeats": "INTEGER", "margin": "DOUBLE", "level": "DOUBLE",
         "budget_ns": "BIGINT", "exact_counts": "BOOLEAN"}')),
       r.results->>'$.experiment.threads_reason' AS threads_reason,
       (r.results->>'$.experiment.invocations')::INTEGER AS invocations,
       CASE WHEN (r.results->>'$.experiment.ended')::BOOLEAN THEN 'ended'
            WHEN (r.results->>'$.experiment.interrupted')::BOOLEAN THEN 'interrupted'
            ELSE 'unfinished' END AS state,
       from_json(r.results->'$.experiment.damage', '["VARCHAR"]') AS damage,
       (r.results->>'analysis_version')::INTEGER AS analysis_version,
       v.value->>'file' AS file
FROM reports r JOIN stored.derived v ON v.experiment = r.experiment AND v.kind = 'verified';

CREATE VIEW environments AS
SELECT experiment, unnest(from_json(results->'environment', '{"cpu_model": "VARCHAR", "cpus": "INTEGER",
         "threads_per_core": "INTEGER", "cpu_flags": ["VARCHAR"], "microcode": "VARCHAR",
         "governor": "VARCHAR", "turbo": "VARCHAR", "transparent_hugepages": "VARCHAR",
         "memory_bytes": "BIGINT", "memory_limit_bytes": "BIGINT", "cpu_limit": "DOUBLE",
         "kernel": "VARCHAR", "hypervisor": "VARCHAR", "libc": "VARCHAR", "clock_source": "VARCHAR",
         "autogroup": "BOOLEAN", "devices": [{"id": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR",
         "memory_bytes": "BIGINT", "driver": "VARCHAR"}],
         "program_version": "VARCHAR", "compiler": "VARCHAR", "variables": "JSON"}'))
FROM reports;

CREATE VIEW artefacts AS
SELECT experiment, a.key AS artefact, a.model, a.variant, a.format, a.parts, a.sha256, a.size_bytes, a.recipe,
       a.synthetic_weights, a.parameters, a.batch_size, a.sequence_length, a.parent
FROM (SELECT experiment, unnest(from_json(results->'artefacts', '[{"key": "VARCHAR", "model": "VARCHAR",
        "variant": "VARCHAR", "format": "VARCHAR", "parts": [{"name": "VARCHAR", "file": "VARCHAR",
        "sha256": "VARCHAR", "size_bytes": "BIGINT"}], "sha256": "VARCHAR", "size_bytes": "BIGINT",
        "recipe": "VARCHAR", "synthetic_weights": "BOOLEAN", "parameters": "BIGINT", "batch_size": "BIGINT",
        "sequence_length": "BIGINT", "parent": "VARCHAR"}]')) AS a FROM reports);

CREATE VIEW preparations AS
SELECT experiment, unnest(from_json(value, '{"artefact": "VARCHAR", "recipe": "VARCHAR", "cached": "BOOLEAN",
         "duration_ns": "BIGINT", "peak_rss_bytes": "BIGINT"}'))
FROM stored.lines WHERE kind = 'preparation';

CREATE VIEW skipped AS
SELECT experiment, unnest(c)
FROM (SELECT experiment, unnest(from_json(results->'skipped',
        '[{"label": "VARCHAR", "reason": "VARCHAR", "remedy": "VARCHAR"}]')) AS c FROM reports);

CREATE VIEW stored.groups AS
SELECT experiment, g->>'id' AS group_id, g AS report
FROM (SELECT experiment, unnest(from_json(results->'groups', '["JSON"]')) AS g FROM reports);

CREATE VIEW groups AS
SELECT experiment, group_id, unnest(from_json(report->'workload', '{"model": "VARCHAR",
         "batch_size": "BIGINT", "sequence_length": "BIGINT", "dims": "JSON"}')),
       report->>'$.workload.values' AS input_values, report->>'$.workload.scenario.kind' AS scenario,
       (report->>'$.workload.scenario.prompt_length')::BIGINT AS prompt_length,
       (report->>'$.workload.scenario.new_tokens')::BIGINT AS new_tokens, report->>'wave' AS wave,
       (report->>'synthetic_weights')::BOOLEAN AS synthetic_weights,
       json_array_length(report->'candidates')::INTEGER AS candidates,
       report->>'baseline' AS baseline, report->>'fastest' AS fastest, report->>'sentence' AS sentence,
       report->>'$.trust.grade' AS trust,
       from_json(report->'$.trust.reasons[*].sentence', '["VARCHAR"]') AS trust_reasons,
       report->>'$.stop.reason.sentence' AS stop_reason, report->>'$.stop.reason.code' AS stop_code,
       (report->>'$.stop.measurable')::BOOLEAN AS measurable,
       (report->>'$.stop.measuring_ns')::BIGINT AS measuring_ns,
       (report->>'$.harness_cost.in_region_ns')::DOUBLE AS harness_in_region_ns,
       (report->>'$.harness_cost.per_iteration_ns')::DOUBLE AS harness_per_iteration_ns,
       (report->>'$.harness_cost.hand_over_ns')::DOUBLE AS harness_hand_over_ns,
       (report->>'$.harness_cost.runs')::BIGINT AS harness_runs
FROM stored.groups;

CREATE VIEW candidates AS
SELECT r.experiment, r."group" AS group_id, r.* EXCLUDE (experiment, "group")
FROM (SELECT from_json(value, '{"experiment": "VARCHAR", "group": "VARCHAR", "model": "VARCHAR",
        "synthetic_weights": "BOOLEAN", "batch_size": "BIGINT", "sequence_length": "BIGINT",
        "candidate": "VARCHAR", "label": "VARCHAR", "variant": "VARCHAR", "engine": "VARCHAR",
        "engine_version": "VARCHAR", "device": "VARCHAR", "precision": "VARCHAR", "threads": "INTEGER",
        "options": "VARCHAR", "artefact": "VARCHAR",
        "outcome": "VARCHAR", "reason": "VARCHAR", "reason_code": "VARCHAR", "reason_subject": "VARCHAR",
        "reason_value": "DOUBLE", "reason_limit": "DOUBLE", "provenance": "VARCHAR", "baseline": "VARCHAR",
        "verdict": "VARCHAR", "speaks_of": "VARCHAR", "ranked": "BOOLEAN", "speed_up": "DOUBLE",
        "speed_up_low": "DOUBLE", "speed_up_high": "DOUBLE", "trust": "VARCHAR", "loads": "INTEGER",
        "rounds": "INTEGER", "samples": "BIGINT", "median_ns": "DOUBLE", "mean_ns": "DOUBLE",
        "minimum_ns": "DOUBLE", "maximum_ns": "DOUBLE", "p50_ns": "DOUBLE", "p50_plain_type7_ns": "DOUBLE",
        "p90_ns": "DOUBLE", "p90_plain_type7_ns": "DOUBLE", "p95_ns": "DOUBLE",
        "p95_plain_type7_ns": "DOUBLE", "p99_ns": "DOUBLE", "p99_plain_type7_ns": "DOUBLE",
        "throughput_per_second": "DOUBLE", "first_token_ns": "DOUBLE", "per_token_ns": "DOUBLE",
        "size_bytes": "BIGINT", "peak_memory_bytes": "BIGINT"}') AS r
      FROM stored.derived WHERE kind = 'candidate');

CREATE MACRO stored.ratio(report) AS from_json(report, '{"latency_ratio": "DOUBLE",
  "latency_ratio_low": "DOUBLE", "latency_ratio_high": "DOUBLE", "units": "BIGINT", "verdict": "VARCHAR"}');

CREATE VIEW comparisons AS
SELECT experiment, group_id, candidate, label, unnest(from_json(c, '{"baseline": "VARCHAR",
         "verdict": "VARCHAR", "speaks_of": "VARCHAR", "ranked": "BOOLEAN",
         "level": "DOUBLE", "needs_loads": "INTEGER", "seconds_more": "DOUBLE",
         "differs_within_margin": "BOOLEAN", "floor_contradicts": "BOOLEAN"}')),
       from_json(c->'$.reasons[*].sentence', '["VARCHAR"]') AS reasons,
       from_json(c->'$.reasons[*].code', '["VARCHAR"]') AS reason_codes,
       t.latency_ratio AS these_loads_ratio, t.latency_ratio_low AS these_loads_ratio_low,
       t.latency_ratio_high AS these_loads_ratio_high, t.units AS these_loads_rounds,
       t.verdict AS these_loads_verdict,
       f.latency_ratio AS fresh_loads_ratio, f.latency_ratio_low AS fresh_loads_ratio_low,
       f.latency_ratio_high AS fresh_loads_ratio_high, f.units AS fresh_loads_loads,
       f.verdict AS fresh_loads_verdict, verdict_at_stop
FROM (SELECT experiment, group_id, r->>'id' AS candidate, r->>'label' AS label, r->'comparison' AS c,
             stored.ratio(r->'$.comparison.these_loads') AS t,
             stored.ratio(r->'$.comparison.fresh_loads') AS f,
             verdicts->>(r->>'id') AS verdict_at_stop
      FROM (SELECT experiment, group_id, report->'$.stop.verdicts' AS verdicts,
                   unnest(from_json(report->'candidates', '["JSON"]')) AS r FROM stored.groups))
WHERE json_type(c) = 'OBJECT';

CREATE VIEW self_comparisons AS
SELECT experiment, group_id, copy, r.latency_ratio, r.latency_ratio_low, r.latency_ratio_high, r.units, r.verdict
FROM (SELECT experiment, group_id, 'second label' AS copy,
             stored.ratio(report->'$.self_comparison.second_label') AS r FROM stored.groups
      UNION ALL
      SELECT experiment, group_id, 'second process',
             stored.ratio(report->'$.self_comparison.second_process') FROM stored.groups)
WHERE r.units > 0;

CREATE VIEW truth_checks AS
SELECT experiment, unnest(from_json(value, '{"candidate": "VARCHAR", "reference": "VARCHAR",
         "passed": "BOOLEAN", "verified": "BOOLEAN", "max_abs_error": "DOUBLE", "max_rel_error": "DOUBLE",
         "cosine": "DOUBLE", "tolerance": "DOUBLE", "classified_items": "BIGINT"}')),
       nullif((value->>'disagreement')::DOUBLE, -1) AS disagreement, stored.code(value->'reason') AS reason,
       value->>'$.reason.subject' AS reason_subject, (value->>'$.reason.value')::DOUBLE AS reason_value,
       (value->>'$.reason.limit')::DOUBLE AS reason_limit
FROM stored.lines WHERE kind = 'truth_check';

CREATE VIEW outcomes AS
SELECT experiment, value->>'candidate' AS candidate, o.kind AS outcome, o.phase,
       stored.code(o.reason) AS reason, o.reason->>'subject' AS reason_subject,
       (o.reason->>'value')::DOUBLE AS reason_value, (o.reason->>'limit')::DOUBLE AS reason_limit, o.log_tail,
       o.repeat AS repeat_command
FROM (SELECT experiment, value, from_json(value->'outcome', '{"kind": "VARCHAR", "phase": "VARCHAR",
        "reason": "JSON", "log_tail": "VARCHAR", "repeat": "VARCHAR"}') AS o
      FROM stored.lines WHERE kind = 'candidate_outcome');

CREATE VIEW load_sets AS
SELECT experiment, value->>'group' AS group_id, (value->>'index')::INTEGER AS load_set,
       unnest(from_json(value, '{"measuring_ns": "BIGINT", "others_cpus": "DOUBLE", "steal": "DOUBLE",
         "interrupted": "BOOLEAN"}'))
FROM stored.lines WHERE kind = 'load_set';

CREATE VIEW stored.loads AS
SELECT experiment, value->>'group' AS group_id, (value->>'index')::INTEGER AS load_set,
       unnest(from_json(value->'loads', '[{"candidate": "VARCHAR", "role": "VARCHAR", "order": "INTEGER",
         "cpus": ["INTEGER"], "engine_version": "VARCHAR", "library_sha256": "VARCHAR",
         "effective": {"device": "VARCHAR", "precision": "VARCHAR", "threads": "INTEGER", "options": "JSON",
                       "placement": "JSON"},
         "start_ns": "BIGINT", "load_ns": "BIGINT", "compile_ns": "BIGINT", "first_run_ns": "BIGINT",
         "warm_up_ns": "BIGINT", "warm_up_runs": "BIGINT", "steady": "BOOLEAN", "peak_rss_bytes": "BIGINT",
         "own_delay_share": "DOUBLE", "outcome": {"kind": "VARCHAR", "phase": "VARCHAR", "reason": "JSON"},
         "blocks": ["JSON"]}]')) AS l
FROM stored.lines WHERE kind = 'load_set';

CREATE VIEW loads AS
SELECT experiment, group_id, load_set, l.candidate, l.role, l."order" AS load_order, l.cpus, l.engine_version,
       l.library_sha256, l.effective.device AS effective_device, l.effective.precision AS effective_precision,
       l.effective.threads AS effective_threads, l.effective.options AS effective_options,
       l.effective.placement AS placement, l.start_ns, l.load_ns, l.compile_ns, l.first_run_ns, l.warm_up_ns,
       l.warm_up_runs, l.steady, l.peak_rss_bytes, l.own_delay_share, l.outcome.kind AS outcome,
       l.outcome.phase AS phase, stored.code(l.outcome.reason) AS reason,
       l.outcome.reason->>'subject' AS reason_subject, len(l.blocks)::INTEGER AS rounds
FROM stored.loads;

CREATE VIEW blocks AS
SELECT experiment, group_id, load_set, candidate, role,
       stored.code(b->'disturbed') AS disturbed,
       unnest(from_json(b, '{"round": "INTEGER", "position": "INTEGER", "begin_ns": "BIGINT",
         "durations_ns": ["BIGINT"], "runs_per_sample": "BIGINT", "token_times_ns": ["BIGINT"],
         "discarded_runs": "BIGINT",
         "discarded_ns": "BIGINT", "first_run_ns": "BIGINT", "wall_ns": "BIGINT", "cpu_ns": "BIGINT",
         "run_delay_ns": "BIGINT", "minor_faults": "BIGINT", "major_faults": "BIGINT",
         "voluntary_switches": "BIGINT", "involuntary_switches": "BIGINT", "recompilations": "BIGINT",
         "hand_over_ns": "BIGINT", "cpu": "INTEGER"}'))
FROM (SELECT experiment, group_id, load_set, l.candidate, l.role, unnest(l.blocks) AS b FROM stored.loads);

CREATE VIEW samples AS
SELECT experiment, group_id, load_set, candidate, role, round,
       (generate_subscripts(durations_ns, 1) - 1)::INTEGER AS sample, unnest(durations_ns) AS duration_ns,
       runs_per_sample, disturbed
FROM blocks;
