using Kip.Tests.Brokers;
using Kip.Tests.Log;
using Kip.Tests.Runtime.Recovery;
using Xunit.MicrosoftTestingPlatform;

namespace Kip.Tests;

/// <summary>Runs the tests; or, asked by a test that needs another process to kill, is that process.</summary>
internal static class Program
{
    internal static async Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(KilledWriter.Variable) is { Length: > 0 } folder)
        {
            await KilledWriter.WriteForever(folder);
        }

        if (Environment.GetEnvironmentVariable(KilledPlatform.Variable) is { Length: > 0 } data)
        {
            await KilledPlatform.RunAsync(data);
        }

        if (Environment.GetEnvironmentVariable(KilledBroker.Variable) is { Length: > 0 } broker)
        {
            await KilledBroker.RunAsync(broker);
        }

        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
