using Kip.ApiServer.Storage;
using Kip.Host.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace Kip.Host.Platform;

/// <summary>Says in a sentence why the platform did not start and what to do.</summary>
internal static class StartFailure
{
    /// <summary>Null for a failure that is nobody's mistake but ours: it stays as it is.</summary>
    public static CommandFailure? Explain(Exception error, PlatformOptions options) => error switch
    {
        StoreException store => new CommandFailure(store.Message),
        CommandFailure failure => failure,
        IOException { InnerException: AddressInUseException } io => AddressInUse(io, options),
        IOException io => new CommandFailure($"cannot start over {options.Data.Root}: {io.Message}"),
        FormatException wrong => new CommandFailure(wrong.Message),
        UnauthorizedAccessException denied => new CommandFailure($"cannot use the data folder {options.Data.Root}: {denied.Message}"),
        _ => null,
    };

    private static CommandFailure AddressInUse(IOException error, PlatformOptions options)
    {
        var registry = options.Registry.ToString();
        var (option, address) = error.Message.Contains(registry, StringComparison.Ordinal) && !options.Gateway.Equals(options.Registry)
            ? ("--registry", options.Registry)
            : error.Message.Contains($":{options.Gateway.Port}:", StringComparison.Ordinal)
            || error.Message.Contains(options.Gateway.ToString(), StringComparison.Ordinal)
            ? ("--gateway", options.Gateway)
            : ("--api", options.Api);
        return new CommandFailure(
            $"the address {address} is in use by another program; end that one (if it is Kip: kip down), or choose another with {option} HOST:PORT");
    }
}
