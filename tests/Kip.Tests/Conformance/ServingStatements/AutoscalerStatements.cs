namespace Kip.Tests.Conformance.ServingStatements;

/// <summary>Section 3: how many pods.</summary>
internal static class AutoscalerStatements
{
    public static IReadOnlyList<Statement> All { get; } =
    [
        new("3.1", "a decision every 2 s, buckets and reports of a second, limits of windows",
            "AutoscalerLoopTests.Idle_for_the_stable_window_it_turns_inactive_and_loses_its_last_pod_and_sleeps",
            "MeterTests.A_long_request_counts_in_every_period", "AutoscalingAnnotationTests.A_value_out_of_range_is_refused_at_its_own_key"),

        new("3.2", "the panic window", "DeciderSpecTests.The_panic_window_is_a_rounded_share_of_the_stable_one_and_a_second_at_least"),
        new("3.2", "capacity and target by concurrency", "DeciderSpecTests.The_concurrency_target_is_a_share_of_what_a_pod_can_take"),
        new("3.2", "capacity and target by requests per second", "DeciderSpecTests.The_request_rate_target_does_not_depend_on_the_concurrency_limit"),
        new("3.2", "annotations over the ConfigMap; initial zero where allowed",
            "DeciderSpecTests.Annotations_win_over_the_ConfigMap_and_an_initial_zero_needs_permission"),
        new("3.2", "reachable unless it is said not to be", "DeciderSpecTests.Only_an_unreachable_revision_is_unreachable"),

        new("3.3", "values of one second are summed", "TimeWindowTests.Values_of_one_second_add_up"),
        new("3.3", "linear average: partial windows, gaps, late values, silence",
            "TimeWindowTests.A_young_window_averages_over_the_seconds_it_has_seen",
            "TimeWindowTests.While_the_newest_seconds_are_missing_the_average_is_over_the_known_ones",
            "TimeWindowTests.A_gap_between_two_writes_counts_as_zeros", "TimeWindowTests.A_late_value_joins_its_second_unless_the_window_has_passed_it",
            "TimeWindowTests.It_agrees_with_a_plain_model_on_thousands_of_random_traces"),
        new("3.3", "rounded to six decimals", "TimeWindowTests.The_average_is_cut_after_six_decimals", "doc averages are cut (not rounded)"),
        new("3.3", "weighted average",
            "TimeWindowTests.The_weighted_average_favours_the_newest_second", "TimeWindowTests.In_a_long_window_the_newest_second_still_weighs_a_fifth"),
        new("3.3", "a resize keeps the newest", "TimeWindowTests.A_resize_keeps_the_newest_seconds"),
        new("3.3", "without data the decision is held",
            "doc no data at all: the last decision is held", "DeciderTests.Silence_counts_as_zeros_so_the_average_sinks_and_it_sleeps_after_the_stable_window"),

        new("3.4", "scraping, sampling, meshes", "doc nothing is scraped"),

        new("3.5", "the formula",
            "AutoscalerTests.The_load_calls_for_so_many_pods", "AutoscalerTests.It_agrees_with_a_plain_model_on_thousands_of_random_traces"),
        new("3.5", "rates up and down, and none for the unreachable",
            "AutoscalerTests.Pods_go_up_by_at_most_the_rate", "AutoscalerTests.An_unreachable_revision_may_fall_at_once"),
        new("3.5", "activation scale", "AutoscalerTests.The_activation_scale_counts_only_when_anything_is_wanted", "case serving/scale/activation-scale"),
        new("3.5", "panic: begins, is extended, ends, never goes down",
            "AutoscalerTests.In_panic_pods_never_go_down_and_a_stable_window_of_normal_load_ends_it",
            "AutoscalerTests.Panic_is_extended_while_the_load_is_over_the_threshold", "AutoscalerTests.In_panic_a_higher_stable_average_is_served_as_well"),
        new("3.5", "scale-down delay",
            "DeciderTests.A_scale_down_waits_for_the_delay", "MaxTimeWindowTests.The_largest_value_stands_until_the_window_has_passed_it"),
        new("3.5", "the delay is fixed when the decider is made [Q]", "doc a change of `scale-down-delay` counts after a restart"),
        new("3.5", "excess burst capacity", "AutoscalerTests.The_excess_burst_capacity_follows_the_capacity_wanted"),
        new("3.5", "a decider that begins with pods begins in panic",
            "AutoscalerTests.A_revision_found_with_pods_begins_in_panic_and_keeps_them",
            "AutoscalerLoopTests.A_restart_of_the_platform_keeps_the_pods_and_lets_the_sleeping_sleep", "doc an autoscaler that starts anew begins in panic"),
        new("3.5", "a poke decides at once", "AutoscalerLoopTests.The_first_request_to_a_sleeping_revision_is_answered_with_a_pod_without_any_time_passing"),

        new("3.6", "without a decision nothing is done", "ScaleApplicationTests.Without_a_decision_nothing_is_done_unless_the_revision_is_starting"),
        new("3.6", "bounds, and the initial scale until it was reached",
            "ScaleApplicationTests.What_the_load_calls_for_is_kept_within_the_bounds",
            "ScaleApplicationTests.An_initial_scale_above_one_is_a_least_until_it_has_been_reached_once",
            "ScaleApplicationTests.A_revision_that_nothing_reaches_has_no_least"),
        new("3.6", "to zero: switched off", "ScaleApplicationTests.Where_scaling_to_zero_is_off_one_pod_stays"),
        new("3.6", "to zero: while it starts", "ScaleApplicationTests.A_starting_revision_is_held_until_the_deadline_and_a_buffer_have_passed"),
        new("3.6", "to zero: while it is active",
            "ScaleApplicationTests.An_active_revision_keeps_a_pod_for_a_stable_window_and_is_then_marked_before_it_is_scaled"),
        new("3.6", "to zero: grace and retention",
            "ScaleApplicationTests.The_last_pod_of_an_inactive_revision_stays_for_grace_and_retention",
            "ScaleApplicationTests.An_unreachable_revision_gets_no_retention", "doc before the last pod goes, the activator is probed"),
        new("3.6", "only what differs is written, through the scale half",
            "ScaleApplicationTests.The_scale_is_written_only_when_it_differs_and_there_is_something_to_scale", "RequestTests.The_scale_half_is_a_scale"),

        new("3.7", "the activator in the path and out of it", "doc one hop instead of two or three"),

        new("3.8", "statistics by websocket, buckets, leases", "doc statistics by websocket"),
    ];
}
