using System.Diagnostics.Metrics;

namespace Kip.Host.Observability;

/// <summary>Makes the meters of parts that take a factory, and ends them with the platform.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly List<Meter> _made = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _made.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (var meter in _made) meter.Dispose();
    }
}
