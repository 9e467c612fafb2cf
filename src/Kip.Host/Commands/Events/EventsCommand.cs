using Kip.Host.CommandLine;

namespace Kip.Host.Commands.Events;

/// <summary><c>kip events …</c>: what can be done with the events that Brokers and channels keep.</summary>
internal static class EventsCommand
{
    public static Verb Make() => new Verb(
        "events",
        "Send events, watch them, play them again, and see where each one went.",
        "kip events send orders --type com.example.order --data '{\"id\": 1}'",
        "kip events tail orders",
        "kip events trace 6f1c9f5e",
        "kip events graph")
        .With(SendCommand.Make())
        .With(TailCommand.Make())
        .With(ReplayCommand.Make())
        .With(DeadLettersCommand.Make())
        .With(TraceCommand.Make())
        .With(GraphCommand.Make());
}
