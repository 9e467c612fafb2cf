using System.Buffers;
using System.Globalization;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;

namespace Kip.Runtime.Containers.Spec;

/// <summary>What a container may use, in the kernel's units.</summary>
/// <param name="Memory">Bytes; null: as much as there is.</param>
/// <param name="CpuQuota">Microseconds of processor time per 100 ms; null: all.</param>
/// <param name="CpuShares">Its weight where processors are short: 1024 per requested processor.</param>
/// <param name="Pids">Processes and threads.</param>
/// <param name="Storage">Bytes it may write to its file system; null: the pod's general limit only.</param>
public sealed record ResourceLimits(long? Memory, long? CpuQuota, long CpuShares, long Pids, long? Storage)
{
    /// <summary>Microseconds over which the quota counts.</summary>
    public const int CpuPeriod = 100_000;

    private static readonly SearchValues<char> NumberParts = SearchValues.Create("+-.0123456789");

    private const long LeastQuota = 1000;
    private const long LeastShares = 2;

    /// <summary>A container's limits; a processor limit without a request counts as the request, as in Kubernetes.</summary>
    /// <exception cref="ContainerSetupException">A quantity cannot be read.</exception>
    internal static ResourceLimits Of(Container container, long pids)
    {
        var (limits, requests) = (container.Resources?.Limits ?? default, container.Resources?.Requests ?? default);
        var cpu = Read(container, limits, "cpu");
        var requested = Read(container, requests, "cpu") ?? cpu;
        return new ResourceLimits(
            (long?)Read(container, limits, "memory"),
            cpu is { } most and > 0 ? Math.Max(LeastQuota, (long)(most * CpuPeriod)) : null,
            Math.Max(LeastShares, (long)((requested ?? 0) * 1024)),
            pids,
            (long?)Read(container, limits, "ephemeral-storage"));
    }

    /// <summary>A Kubernetes quantity as a number: <c>500m</c> is 0.5, <c>1Ki</c> 1024. Null: it is none.</summary>
    public static decimal? Quantity(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(NumberParts);
        var (number, suffix) = digits < 0 ? (text, "") : (text[..digits], text[digits..]);
        if (!decimal.TryParse(number, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)) return null;
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E'
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) && Math.Abs(power) <= 18)
            return value * (decimal)Math.Pow(10, power);
        decimal? factor = suffix switch
        {
            "" => 1, "n" => 1e-9m, "u" => 1e-6m, "m" => 1e-3m, "k" => 1e3m, "M" => 1e6m, "G" => 1e9m, "T" => 1e12m, "P" => 1e15m, "E" => 1e18m,
            "Ki" => 1L << 10, "Mi" => 1L << 20, "Gi" => 1L << 30, "Ti" => 1L << 40, "Pi" => 1L << 50, "Ei" => 1L << 60, _ => null,
        };
        return value * factor;
    }

    private static decimal? Read(Container container, StringMap quantities, string resource)
    {
        if (quantities.Get(resource) is not { } text) return null;
        return Quantity(text) is { } value and >= 0 and <= long.MaxValue ? value
            : throw new ContainerSetupException(
                "CreateContainerConfigError", $"container \"{container.Name}\": {resource}: \"{text}\" is no quantity such as 500m or 128Mi");
    }
}
