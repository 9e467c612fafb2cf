using Kip.ApiServer.Tables;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.ApiServer.Tables;

public class CellsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(150, "2m30s")]
    [InlineData(600, "10m")]
    [InlineData(10_799, "179m")]
    [InlineData(10_800, "3h")]
    [InlineData(12_000, "3h20m")]
    [InlineData(8 * 3600, "8h")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(53 * 3600, "2d5h")]
    [InlineData(9 * 86_400, "9d")]
    [InlineData(730 * 86_400, "2y")]
    [InlineData(800 * 86_400, "2y70d")]
    [InlineData(4000 * 86_400, "10y")]
    public void Durations_are_short(int seconds, string expected) => Durations.Short(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Fact]
    public void A_pods_row_says_how_it_is()
    {
        Row(Pod("Running", Container(ready: true, running: true))).ShouldBe(["p", "1/1", "Running", "0"]);
        Row(Pod("Pending")).ShouldBe(["p", "0/1", "Pending", "0"]);
        Row(Pod("Pending", Container() with { State = new() { Waiting = new() { Reason = "ContainerCreating" } } }))
            .ShouldBe(["p", "0/1", "ContainerCreating", "0"]);
        Row(Pod("Running", Container() with
        {
            State = new() { Waiting = new() { Reason = "CrashLoopBackOff" } },
            LastState = new() { Terminated = new() { ExitCode = 1, FinishedAt = Now.AddMinutes(-5) } },
            RestartCount = 4,
        })).ShouldBe(["p", "0/1", "CrashLoopBackOff", "4 (5m ago)"]);
        Row(Pod("Failed", Container() with { State = new() { Terminated = new() { ExitCode = 3 } } })).ShouldBe(["p", "0/1", "ExitCode:3", "0"]);
        Row(Pod("Succeeded", Container() with { State = new() { Terminated = new() { Reason = "Completed" } } })).ShouldBe(["p", "0/1", "Completed", "0"]);
        var leaving = Pod("Running", Container(ready: true, running: true));
        Row(leaving with { Metadata = leaving.Metadata with { DeletionTimestamp = Now } }).ShouldBe(["p", "1/1", "Terminating", "0"]);

        static string[] Row(Pod pod) => [.. TableWriter.ColumnsOf(Kip.Resources.Core.Pod.Definition).Take(4).Select(c => c.Cell(pod, Now)?.ToString() ?? "")];
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public void Every_kind_has_columns_that_show_an_object_with_nothing_in_it(string plural)
    {
        var kind = Kinds.All.Single(k => k.QualifiedPlural == plural);
        var empty = kind.Read("{}"u8);

        var columns = TableWriter.ColumnsOf(kind);

        columns.ShouldContain(static c => c.Name == "Name" && c.Format == "name");
        foreach (var column in columns) column.Cell(empty, Now);
    }

    public static TheoryData<string> KindNames => [.. Kinds.All.Select(static k => k.QualifiedPlural)];

    private static ContainerStatus Container(bool ready = false, bool running = false) =>
        new() { Name = "c", Ready = ready, State = running ? new() { Running = new() { StartedAt = Now } } : null };

    private static Pod Pod(string phase, params ContainerStatus[] containers) => new()
    {
        Metadata = new() { Name = "p", CreationTimestamp = Now },
        Spec = new() { Containers = [new() { Name = "c" }] },
        Status = new() { Phase = phase, ContainerStatuses = [.. containers] },
    };
}
