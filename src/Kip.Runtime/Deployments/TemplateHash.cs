using Kip.Resources.Apps;
using Kip.Resources.Core;

namespace Kip.Runtime.Deployments;

/// <summary>The value of <c>pod-template-hash</c>: tells pods of the present template from those of an earlier one.</summary>
public static class TemplateHash
{
    public const string Label = "pod-template-hash";

    // Kubernetes' safe alphabet: no vowels and no look-alikes, so that no word can come out.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Ten letters or fewer that differ when the template does. The number of replicas does not count.</summary>
    /// <param name="collisions">How many other templates have been found to have the same letters.</param>
    public static string Of(PodTemplateSpec template, int collisions = 0)
    {
        // A Deployment that holds nothing but the template is written by the serialiser that all kinds share.
        var bytes = Deployment.Definition.Write(new Deployment { Spec = new DeploymentSpec { Template = template } });
        var hash = 2166136261u;
        foreach (var b in bytes) hash = unchecked((hash ^ b) * 16777619u);
        hash = unchecked(hash + (uint)collisions);
        return string.Concat(hash.ToString().Select(static digit => Alphabet[digit % Alphabet.Length]));
    }
}
