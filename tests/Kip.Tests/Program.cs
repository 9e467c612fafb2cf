using Kip.Tests.Log;
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

        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
