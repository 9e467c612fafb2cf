using System.Reflection;
using Kip.Testing.Kubectl;
using Xunit.Sdk;
using Xunit.v3;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>Runs a theory with the oldest and the newest kubectl of this machine; its parameter is the version's label.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryKubectlAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. KubectlProgram.Range.Select(static program => new TheoryDataRow<string>(program.Label))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
