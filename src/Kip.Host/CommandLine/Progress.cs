using System.Diagnostics;

namespace Kip.Host.CommandLine;

/// <summary>Says what is going on when something takes longer than a second: on a terminal a line that is rewritten, else a line now and then.</summary>
public sealed class Progress : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource _done = new();
    private readonly TextWriter _output;
    private readonly bool _terminal;
    private readonly Task _ticking;
    private volatile string _text;
    private string? _shown;

    private Progress(string text, TextWriter output, bool terminal)
    {
        (_text, _output, _terminal) = (text, output, terminal);
        _ticking = TickAsync();
    }

    /// <summary>Begins to watch; dispose it when the work is done.</summary>
    public static Progress Start(string text) => new(text, Console.Error, !Console.IsErrorRedirected);

    /// <summary>Changes what is shown from now on.</summary>
    public void Say(string text) => _text = OneLine.Of(text);

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _ticking;
        if (_terminal && _shown is not null) _output.Write("\r\e[K");
        _done.Dispose();
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Patience);
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token)) Show();
        }
        catch (OperationCanceledException)
        {
            // Disposed: the work is done.
        }
    }

    private void Show()
    {
        var text = _text;
        if (_terminal) _output.Write($"\r\e[K{text} ({_watch.Elapsed.TotalSeconds:0} s)");
        else if (text != _shown) _output.WriteLine($"{text} ({_watch.Elapsed.TotalSeconds:0} s)");
        _shown = text;
    }
}
