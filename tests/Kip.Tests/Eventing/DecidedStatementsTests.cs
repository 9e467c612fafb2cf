using System.Reflection;
using System.Runtime.CompilerServices;
using Shouldly;

namespace Kip.Tests.Eventing;

/// <summary>
/// Where Knative's code and its documents part, or order and accounts are promised: each statement has a test here or a line in
/// docs/compatibility.md.
/// </summary>
public sealed class DecidedStatementsTests
{
    /// <summary>A statement, and the tests that hold Kip to it, as <c>Class.Method</c> or <c>Class</c>.</summary>
    public static TheoryData<string, string> Tested => new()
    {
        {
            "every accepted event is counted exactly once, whatever crashes",
            "BrokerSimulationTests.Nothing_acknowledged_is_lost_and_no_order_is_inverted_whatever_crashes"
        },
        { "where order is asked for, nothing overtakes", "BrokerSimulationTests.Nothing_acknowledged_is_lost_and_no_order_is_inverted_whatever_crashes" },
        { "attempts are one and the retries that were asked for", "DeliveryTests.An_event_is_tried_once_and_as_often_again_as_was_asked" },
        { "delays before retries, Retry-After with its limit", "RetryScheduleTests" },
        { "headers that travel", "RetryScheduleTests.Only_Knatives_and_tracing_headers_travel" },
        { "a dead letter carries the original and the reason", "DeliveryTests.The_dead_letter_sink_gets_the_original_with_the_reason" },
        { "no answer is shown as 500", "DeliveryTests.Without_an_answer_the_code_is_500_and_the_brokers_sink_serves_when_the_trigger_has_none" },
        { "a 202 carries no reply; another answer that is no event fails", "DeliveryTests.An_answer_that_is_no_event_fails_the_delivery_unless_it_is_a_202" },
        { "replies are new events with a shorter life", "DeliveryTests.A_reply_comes_in_as_a_new_event_with_a_shorter_life_and_meets_all_triggers" },
        { "circles of replies end", "DeliveryTests.Replies_that_go_in_a_circle_end" },
        { "what the filter's address answers", "FilterEndpointTests" },
        { "filters: values, wildcards, missing attributes, nesting", "EventFilterTests" },
        { "one dialect per filter object", "FilterRulesTests" },
        { "CESQL", "CesqlTckTests" },
        {
            "a delivery of one's own replaces, the dead letter sink is inherited",
            "ChannelTests.A_delivery_replaces_the_channels_as_a_whole_but_for_the_dead_letter_sink"
        },
        { "deletion drains where it was asked for", "DrainTests" },
        { "W3C trace context on every hop", "SpansTests" },
        { "what must not change does not", "EventingAdmissionTests.What_must_not_change_does_not" },
    };

    /// <summary>A statement that Kip decides otherwise than Knative's code, and the words by which the page of differences tells it.</summary>
    public static TheoryData<string, string> Told => new()
    {
        { "a changed Trigger loses events in between", "it is changed in place" },
        { "default channels of flows ignore the namespace", "default channel of Sequence and Parallel" },
        { "linear backoff counts from zero", "linear backoff is" },
        { "error data is cut in the middle of its encoding", "`knativeerrordata` is cut" },
        { "a channel waits for all its subscribers", "a channel answers after all its subscribers have" },
        { "an unknown channel is 500", "an event for an unknown channel: 500" },
        { "any 2xx with an event is a reply", "a 202 with an event in its body is a reply" },
        { "an unset time in a filter", "`time` of an event without one, in filters" },
        { "typed values are never equal in filter.attributes", "an attribute of a number or boolean in `filter.attributes`" },
        { "a filter that is no Boolean panics", "a CESQL filter that is no Boolean" },
        { "LIKE and LENGTH work on bytes", "characters in `LIKE`" },
        { "a negative length panics", "`SUBSTRING` with a negative length" },
        { "IS_BOOL and IS_INT are left over", "`IS_BOOL`, `IS_INT`" },
        { "header values are neither encoded nor decoded", "| header values |" },
        { "unknown formats count as binary", "formats at Brokers and channels" },
        { "empty values build no filter", "an empty value in `exact`, `prefix`, `suffix`" },
        { "redirects are followed", "redirects of subscribers are followed" },
        { "attempts without a timeout last for ever", "an attempt without `timeout` may last for ever" },
    };

    [Theory]
    [MemberData(nameof(Tested))]
    public void A_statement_has_its_test(string statement, string test)
    {
        var names = test.Split('.');
        var found = typeof(DecidedStatementsTests).Assembly.GetTypes().Single(t => t.Name == names[0]);
        if (names.Length > 1) found.GetMethod(names[1], BindingFlags.Public | BindingFlags.Instance).ShouldNotBeNull($"{statement}: {test} is gone");
    }

    [Theory]
    [MemberData(nameof(Told))]
    public void A_statement_has_its_line(string statement, string words) => Page().ShouldContain(words, Case.Sensitive, statement);

    private static string Page([CallerFilePath] string source = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "compatibility.md"));
}
