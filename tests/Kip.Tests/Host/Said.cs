using Kip.Host.CommandLine;

namespace Kip.Tests.Host;

/// <summary>Runs a command line in process and keeps what it said.</summary>
internal static class Said
{
    public static async Task<(int Code, string Output, string Error)> ByAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await KipCommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
