using Kip.Brokers.Topics;
using Kip.Log.Files;
using Kip.Testing.Log;

namespace Kip.Tests.Brokers.Simulation;

/// <summary>Topics' folders on faulty disks in memory.</summary>
internal sealed class SimulatedStorage(Random random) : ITopicStorage
{
    private readonly Dictionary<(string Topic, string Part), FaultyFiles> _folders = [];

    /// <summary>Asked before each change of any file; an exception it returns is thrown.</summary>
    public Func<FileOperation, IOException?>? Fault { get; set; }

    public long? FreeBytes => null;

    public ILogFiles Open(string topic, string part)
    {
        if (!_folders.TryGetValue((topic, part), out var files)) _folders[(topic, part)] = files = new(random.Next());
        files.Fault = operation => Fault?.Invoke(operation);
        return files;
    }

    public bool Exists(string topic, string part) => _folders.ContainsKey((topic, part));

    public IReadOnlyList<string> List() => [.. _folders.Keys.Select(static key => key.Topic).Distinct()];

    public void Delete(string topic)
    {
        foreach (var key in _folders.Keys.Where(key => key.Topic == topic).ToList()) _folders.Remove(key);
    }

    /// <summary>The disks as the next process finds them.</summary>
    public SimulatedStorage After(bool powerCut)
    {
        var next = new SimulatedStorage(random);
        foreach (var (key, files) in _folders) next._folders[key] = powerCut ? files.AfterPowerCut() : files.AfterKill();
        return next;
    }
}
