using System.CommandLine;
using System.Globalization;
using Kip.Host.CommandLine;
using Kip.Host.Platform.Insight;
using Kip.Resources;

namespace Kip.Host.Commands.Simulate;

/// <summary><c>kip record NAME</c>: writes down a service's requests as a trace for <c>kip simulate</c>.</summary>
internal static class RecordCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The service" };
    private static readonly Option<string?> For = new("--for") { Description = "How long, e.g. 60s or 1h (default: until Ctrl-C)", HelpName = "D" };
    private static readonly Option<string?> File = new("--output", "-o") { Description = "The file to write (default: standard output)", HelpName = "FILE" };

    public static Verb Make() => new Verb(
        "record",
        "Write down a service's requests as they come, for kip simulate.",
        "kip record hello --for 60s -o trace.csv",
        "kip record hello > trace.csv")
        .With(Name).With(For).With(File)
        .Does(RunAsync);

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var connection = Connection.Open(parsed);
        var service = await connection.ServiceAsync(parsed.GetRequiredValue(Name), cancel);
        using var end = new EndSignal();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (Span(parsed) is { } span) enough.CancelAfter(span);
        var signal = CancelAtAsync(end, enough);
        var file = parsed.GetValue(File);
        await using var output = file is null ? new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true } : new StreamWriter(file);
        await using (var progress = Progress.Start($"Recording requests to {service.Metadata.Name}"))
        {
            var count = await CopyAsync(connection, service.Metadata.Name, output, progress, enough.Token);
            await output.FlushAsync(CancellationToken.None);
            await enough.CancelAsync();
            await signal;
            Console.Error.WriteLine($"{count.ToString(CultureInfo.InvariantCulture)} requests "
                + $"recorded{(file is null ? "" : $" in {file}; simulate them with: kip simulate {file} --service {service.Metadata.Name}")}");
        }
    }

    // Whole lines only: what is cut off in the middle of one when the time is up is left out.
    private static async Task<int> CopyAsync(Connection connection, string service, StreamWriter output, Progress progress, CancellationToken enough)
    {
        var count = 0;
        try
        {
            await using var stream = await connection.OpenAsync($"{ServiceInsight.Requests.TrimStart('/')}/{connection.Namespace}/{service}", enough);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(enough) is { } line)
            {
                await output.WriteLineAsync(line);
                if (line.Length == 0 || !char.IsAsciiDigit(line[0])) continue;
                count++;
                progress.Say($"Recording requests to {service}: {count.ToString(CultureInfo.InvariantCulture)} so far");
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // As long as was asked for.
        }
        return count;
    }

    private static async Task CancelAtAsync(EndSignal end, CancellationTokenSource enough)
    {
        await end.WaitAsync(enough.Token);
        await enough.CancelAsync();
    }

    private static TimeSpan? Span(ParseResult parsed) => parsed.GetValue(For) switch
    {
        null => null,
        var text when GoDuration.TryParse(text, out var span) && span > TimeSpan.Zero && span <= TimeSpan.FromDays(7) => span,
        var text => throw new CommandFailure($"--for {text} is no duration up to 168h; write it like 60s or 1h"),
    };
}
