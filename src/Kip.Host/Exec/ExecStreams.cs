using System.Diagnostics;
using Kip.Client.Http;
using Kip.Client.Pods;

namespace Kip.Host.Exec;

/// <summary>Ties this terminal to a program in a container.</summary>
internal static class ExecStreams
{
    private static readonly TimeSpan WindowPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>Completes with the program's exit code.</summary>
    public static async Task<int> RunAsync(ExecSession session, PodExecOptions options, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var raw = options.Tty ? RawTerminal.Begin() : null;
        await using var output = Console.OpenStandardOutput();
        await using var errors = Console.OpenStandardError();
        // Reading a terminal cannot be cancelled: the program's end does not wait for it.
        if (options.Stdin) _ = SendAsync(session, over.Token);
        if (options.Tty) _ = ResizeAsync(session, over.Token);
        var code = await session.ReceiveAsync((isError, bytes) =>
        {
            var to = isError ? errors : output;
            to.Write(bytes);
            to.Flush();
        }, cancel);
        await over.CancelAsync();
        return code;
    }

    private static async Task SendAsync(ExecSession session, CancellationToken cancel)
    {
        var input = Console.OpenStandardInput();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await input.ReadAsync(buffer, cancel) is var count and > 0) await session.SendInputAsync(buffer.AsMemory(0, count), cancel);
            await session.SendInputAsync(ReadOnlyMemory<byte>.Empty, cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.WebSockets.WebSocketException or IOException or ObjectDisposedException)
        {
            // The program has ended.
        }
    }

    private static async Task ResizeAsync(ExecSession session, CancellationToken cancel)
    {
        var told = (0, 0);
        try
        {
            while (true)
            {
                var now = (Console.WindowWidth, Console.WindowHeight);
                if (now != told) await session.ResizeAsync(now.WindowWidth, now.WindowHeight, cancel);
                told = now;
                await Task.Delay(WindowPeriod, cancel);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.WebSockets.WebSocketException or IOException or ObjectDisposedException)
        {
            // The program has ended.
        }
    }

    /// <summary>This terminal handing on every key as it is, until disposed.</summary>
    private sealed class RawTerminal(string before) : IDisposable
    {
        public static RawTerminal? Begin()
        {
            if (Stty("-g") is not { Length: > 0 } before) return null;
            Stty("raw", "-echo");
            return new RawTerminal(before);
        }

        public void Dispose() => Stty(before);

        private static string? Stty(params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true })!;
                var text = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                return process.ExitCode == 0 ? text : null;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
    }
}
