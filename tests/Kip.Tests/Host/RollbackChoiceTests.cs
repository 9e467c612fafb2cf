using Kip.Host.CommandLine;
using Kip.Host.Commands;
using Kip.Host.Commands.Traffic;
using Kip.Resources;
using Kip.Resources.Serving;
using Shouldly;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Tests.Host;

public class RollbackChoiceTests
{
    // Revisions are written "NAME" when ready and "NAME!" when not, oldest first; traffic as the status has it.
    [Theory]
    [InlineData("1 2 3", "3=100", "2")]
    [InlineData("1 2 3", "2=100", "1")]
    [InlineData("1 2! 3", "3=100", "1")]
    [InlineData("1 2", "1=90 2=10", "1")]
    [InlineData("1 2 3", "1=50 3=50", "2")]
    [InlineData("1 2 3", "3=0 2=100", "1")]
    [InlineData("1 2!", "1=100", null)]
    [InlineData("1! 2", "2=100", null)]
    [InlineData("1", "1=100", null)]
    [InlineData("1 2!", "", "1")]
    public void The_newest_ready_revision_before_the_newest_with_traffic_is_chosen(string revisions, string traffic, string? chosen)
    {
        var all = revisions.Split(' ').Select((text, i) => Revision(text, i + 1)).ToArray();
        var service = new Service
        {
            Metadata = new() { Name = "hello" },
            Status = new() { Traffic = [.. traffic.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Target)] },
        };

        if (chosen is not null) RollbackChoice.Choose(service, all.Reverse()).Metadata.Name.ShouldBe(chosen);
        else Should.Throw<CommandFailure>(() => RollbackChoice.Choose(service, all)).Message.ShouldContain("no older ready revision");
    }

    private static TrafficTarget Target(string text) =>
        new() { RevisionName = text.Split('=')[0], Percent = int.Parse(text.Split('=')[1]) };

    private static Revision Revision(string text, int generation) => new()
    {
        Metadata = new()
        {
            Name = text.TrimEnd('!'), Labels = StringMap.Of(("serving.knative.dev/configurationGeneration", $"{generation}")),
        },
        Status = new() { Conditions = [new Condition { Type = "Ready", Status = text.EndsWith('!') ? "False" : "True" }] },
    };
}
