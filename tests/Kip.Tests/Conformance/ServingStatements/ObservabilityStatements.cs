namespace Kip.Tests.Conformance.ServingStatements;

/// <summary>Section 6: what can be seen.</summary>
internal static class ObservabilityStatements
{
    public static IReadOnlyList<Statement> All { get; } =
    [
        new("6.1", "attributes of a revision, and the route's tag",
            "ObservabilityTests.Metrics_carry_Knatives_names_and_no_word_of_the_clients",
            "ScalingInstrumentsTests.A_revision_that_was_called_is_measured_under_Knatives_names_and_one_that_never_was_is_not"),
        new("6.1", "how the tag's value follows from the headers", "RouteTagTests.A_tag_is_named_by_the_headers_that_chose_it"),

        new("6.2", "metrics of requests", "ObservabilityTests.Metrics_carry_Knatives_names_and_no_word_of_the_clients"),
        new("6.2", "metrics of scaling", "ScalingInstrumentsTests.A_revision_that_was_called_is_measured_under_Knatives_names_and_one_that_never_was_is_not"),
        new("6.2", "metrics of queues of work", "LoopInstrumentsTests.A_loops_work_is_counted_under_its_kind"),
        new("6.2", "metrics of parts that are not there", "doc `kn.activator.stats.conn.*`"),
        new("6.2", "Prometheus' names and bounds", "PrometheusTextTests.Counters_gauges_and_histograms_have_the_names_and_lines_that_Prometheus_expects"),
        new("6.2", "off until asked for; Prometheus and OTLP",
            "ObservedPlatformTests.One_request_is_seen_in_metrics_traces_and_the_request_log_as_soon_as_they_are_asked_for",
            "doc metrics of queue-proxy, activator, autoscaler"),

        new("6.3", "spans, their parents and attributes",
            "ObservabilityTests.Spans_continue_the_clients_trace_and_the_pod_continues_theirs", "doc spans `queue`"),

        new("6.4", "the platform's log as JSON", "JsonLogTests.A_line_has_Knatives_keys_and_the_values_of_its_message"),
        new("6.4", "the request log: its template, its default, what fails",
            "RequestLogTemplateTests.A_template_is_rendered_as_Go_would", "RequestLogTemplateTests.The_default_line_is_json_with_Knatives_fields",
            "RequestLogTemplateTests.A_template_that_fails_for_a_request_says_so_in_Knatives_words"),
        new("6.4", "the request log: where it is, and in a running platform",
            "doc stdout of queue-proxy", "case serving/traffic/request-logs", "PodRequestLogTests.Each_pod_has_the_lines_of_its_own_requests",
            "ObservedPlatformTests.One_request_is_seen_in_metrics_traces_and_the_request_log_as_soon_as_they_are_asked_for"),
        new("6.4", "collection of /var/log", "doc profiling endpoint, `/var/log` collection"),

        new("6.5", "health and profiling",
            "ObservedPlatformTests.One_request_is_seen_in_metrics_traces_and_the_request_log_as_soon_as_they_are_asked_for",
            "doc profiling endpoint, `/var/log` collection"),

        new("6.6", "reasons of Events",
            "ConfigurationPlannerTests.A_failed_latest_is_told_and_one_between_may_still_become_ready",
            "LifeOfAServiceTests.A_failing_update_leaves_the_old_revision_serving",
            "RevisionPlannerTests.A_recovery_is_announced_once_and_a_first_readiness_is_not", "doc Events of what went as it should"),
    ];
}
