using FsCheck;
using FsCheck.Fluent;
using Kip.Resources;
using Kip.Rules.Conditions;
using Shouldly;

namespace Kip.Tests.Conditions;

public class LivingConditionsTests
{
    private static readonly ConditionSet Set = ConditionSet.Living("A", "B");
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Noon.AddMinutes(1);

    private static string Show(ValueList<Condition> conditions, string type = "Ready") =>
        conditions.Find(type) is { } c ? $"{c.Status} {c.Reason} {c.Message}".TrimEnd() : "absent";

    [Fact]
    public void A_fresh_status_is_unknown_in_all_its_conditions_sorted_by_type()
    {
        var conditions = Set.Take(default, Noon).ToList();

        conditions.Select(static c => $"{c.Type}={c.Status}").ShouldBe(["A=Unknown", "B=Unknown", "Ready=Unknown"]);
        conditions.ShouldAllBe(static c => c.LastTransitionTime == Noon && c.Severity == null);
    }

    [Theory]
    [InlineData(null, "Unknown", true)]
    [InlineData("Unknown", "Unknown", true)]
    [InlineData(null, "True", false)]
    [InlineData("Unknown", "True", false)]
    [InlineData("Unknown", "False", false)]
    [InlineData("True", "Unknown", false)]
    [InlineData("False", "Unknown", false)]
    [InlineData("True", "True", false)]
    public void Only_a_step_from_unknown_to_unknown_may_wait_to_be_told(string? before, string next, bool mayWait)
    {
        ValueList<Condition> stored = before is null ? [] : [new Condition { Type = "Ready", Status = before }];

        (Set.MayWait(stored, [new Condition { Type = "Ready", Status = next }]) is not null).ShouldBe(mayWait);
    }

    [Fact]
    public void Ready_is_true_only_when_every_dependent_is()
    {
        var one = Set.Take(default, Noon).MarkTrue("A");
        Show(one.ToList()).ShouldBe("Unknown");
        Show(one.MarkTrue("B").ToList()).ShouldBe("True");
    }

    [Fact]
    public void A_false_dependent_gives_ready_its_reason_and_an_unknown_one_does_not_hide_it()
    {
        var conditions = Set.Take(default, Noon).MarkFalse("A", "Broken", "it broke");
        Show(conditions.ToList()).ShouldBe("False Broken it broke");
        Show(conditions.MarkUnknown("B", "Waiting", "for it").ToList()).ShouldBe("False Broken it broke");
        Show(conditions.MarkTrue("B").ToList()).ShouldBe("False Broken it broke");
    }

    [Fact]
    public void When_the_false_dependent_recovers_the_unknown_one_speaks()
    {
        var conditions = Set.Take(default, Noon).MarkUnknown("B", "Waiting", "for it").MarkFalse("A", "Broken", "it broke").MarkTrue("A");

        Show(conditions.ToList()).ShouldBe("Unknown Waiting for it");
    }

    [Fact]
    public void Of_two_false_dependents_the_newer_speaks()
    {
        var stored = Set.Take(default, Noon).MarkFalse("A", "Old", "first").ToList();
        var conditions = Set.Take(stored, Later).MarkFalse("B", "New", "second");

        Show(conditions.MarkUnknown("Other", "x", "y").ToList()).ShouldBe("False New second");
        Show(Set.Take(conditions.ToList(), Later.AddMinutes(1)).MarkTrue("C").ToList()).ShouldBe("False New second");
    }

    [Fact]
    public void An_informational_condition_never_touches_ready()
    {
        var conditions = Set.Take(default, Noon).MarkTrue("A").MarkTrue("B").MarkFalse("Active", "NoTraffic", "asleep");

        Show(conditions.ToList()).ShouldBe("True");
        conditions.ToList().Find("Active")!.Severity.ShouldBe("Info");
    }

    [Fact]
    public void What_ends_as_it_began_keeps_its_time_and_what_changed_shares_one()
    {
        var stored = Set.Take(default, Noon).MarkTrue("A").MarkTrue("B").ToList();

        var wavering = Set.Take(stored, Later).MarkUnknown("A", "x", null).MarkTrue("A").ToList();
        wavering.ShouldBe(stored);

        var changed = Set.Take(stored, Later).MarkFalse("A", "Broken", null).ToList();
        changed.Find("A")!.LastTransitionTime.ShouldBe(Later);
        changed.Find("Ready")!.LastTransitionTime.ShouldBe(Later);
        changed.Find("B")!.LastTransitionTime.ShouldBe(Noon);
    }

    [Fact]
    public void A_dependent_that_is_new_to_a_ready_object_leaves_it_ready()
    {
        var stored = ConditionSet.Living("A").Take(default, Noon).MarkTrue("A").ToList();

        var conditions = Set.Take(stored, Later).ToList();

        Show(conditions).ShouldBe("True");
        Show(conditions, "B").ShouldBe("True");
    }

    [Fact]
    public void A_reason_with_true_stays_with_the_dependent()
    {
        var conditions = Set.Take(default, Noon).MarkTrue("A", "NotEnabled", "off").MarkTrue("B");

        Show(conditions.ToList(), "A").ShouldBe("True NotEnabled off");
        Show(conditions.ToList()).ShouldBe("True");
    }

    [Fact]
    public void Ready_always_follows_from_its_dependents()
    {
        var mark = from type in Gen.Elements("A", "B", "Info") from status in Gen.Elements("True", "False", "Unknown") select (type, status);
        Prop.ForAll(mark.ListOf().ToArbitrary(), marks =>
        {
            var conditions = Set.Take(default, Noon);
            var minute = 0;
            foreach (var (type, status) in marks)
            {
                // Half of the marks come in a later reconciliation.
                if (++minute % 2 == 0) conditions = Set.Take(conditions.ToList(), Noon.AddMinutes(minute));
                conditions = status switch
                {
                    "True" => conditions.MarkTrue(type),
                    "False" => conditions.MarkFalse(type, "R", "m"),
                    _ => conditions.MarkUnknown(type, "R", "m"),
                };
            }
            var list = conditions.ToList();
            string[] dependents = [list.Find("A")!.Status, list.Find("B")!.Status];
            var expected = dependents.Contains("False") ? "False" : dependents.Contains("Unknown") ? "Unknown" : "True";
            return list.Find("Ready")!.Status == expected
                && list.Select(static c => c.Type).SequenceEqual(list.Select(static c => c.Type).Order(StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();
    }
}
