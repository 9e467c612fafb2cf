using Kip.Client;
using Kip.Client.Kubeconfigs;
using Kip.Client.Manifests;

namespace Kip.Host.CommandLine;

/// <summary>Runs what a command does and turns its failures into exit codes and one sentence on stderr.</summary>
internal static class CommandRunner
{
    private const int Interrupted = 130;

    public static Task<int> RunAsync(Func<Task> action, CancellationToken cancel) => RunAsync(async () =>
    {
        await action();
        return 0;
    }, cancel);

    /// <summary>The same for a command that has an exit code of its own.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> action, CancellationToken cancel)
    {
        try
        {
            return await action();
        }
        catch (CommandFailure failure)
        {
            return Fail(failure.Message, failure.ExitCode);
        }
        catch (ApiException failure)
        {
            return Fail(failure.Message, 1);
        }
        catch (Exception mistake) when (mistake is ManifestException or KubeconfigException)
        {
            return Fail(mistake.Message, 1);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (HttpRequestException failure)
        {
            return Fail($"cannot reach the platform: {failure.Message}. Is it running? Start it with: kip up --detach", 1);
        }
        catch (UnauthorizedAccessException failure)
        {
            return Fail(failure.Message, 1);
        }
        catch (IOException failure)
        {
            return Fail(failure.Message, 1);
        }
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"kip: {message}");
        return exitCode;
    }
}
