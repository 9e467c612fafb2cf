using System.Net;
using Kip.ApiServer.Storage;
using Kip.Host.CommandLine;
using Microsoft.AspNetCore.Connections;

namespace Kip.Host.Platform.Starting;

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
        (string Option, IPEndPoint? Address)[] doors =
        [
            ("--api", options.Api), ("--gateway", options.Gateway), ("--https", options.Https), ("--registry", options.Registry),
            ("--events", options.Events), ("--metrics", options.Metrics),
        ];
        var (option, address) = doors.FirstOrDefault(door => door.Address is not null && Names(error.Message, door.Address), doors[0]);
        return new CommandFailure(
            $"the address {address} is in use by another program; end that one (if it is Kip: kip down), or choose another with {option} HOST:PORT");
    }

    // Followed by a digit it would be another port.
    private static bool Names(string message, IPEndPoint address)
    {
        var text = address.ToString();
        var at = message.IndexOf(text, StringComparison.Ordinal);
        return at >= 0 && (at + text.Length == message.Length || !char.IsAsciiDigit(message[at + text.Length]));
    }
}
