using Kip.Host.Observability;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Kip.Tests.Observability;

/// <summary>Where lines of the log go, and which.</summary>
public sealed class LogLinesTests
{
    [Theory]
    [InlineData(LogLevel.Warning, "Kip.Traffic", LogLevel.Information, false)]
    [InlineData(LogLevel.Warning, "Kip.Traffic", LogLevel.Warning, true)]
    [InlineData(LogLevel.Information, "Kip.Traffic", LogLevel.Information, true)]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, false)]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData(LogLevel.Debug, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Debug, true)]
    [InlineData(LogLevel.Error, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, false)]
    public void A_line_is_written_from_the_level_that_was_asked_for(LogLevel least, string category, LogLevel said, bool isWritten)
    {
        using var text = new StringWriter();
        using var lines = new LogLines(new TextLogFormatter(new ManualTimeProvider()), least, text);

        var logger = lines.CreateLogger(category);
        logger.IsEnabled(said).ShouldBe(isWritten);
        var exception = new InvalidOperationException("why");
        logger.Log(said, new EventId(7), "two\nlines", exception, static (state, _) => state);

        var written = text.ToString();
        if (!isWritten) written.ShouldBeEmpty();
        else written.ShouldContain($": {category}[7] two lines System.InvalidOperationException: why");
        if (isWritten) written.Count(static c => c == '\n').ShouldBe(1);
    }
}
