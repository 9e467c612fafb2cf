namespace Kip.Resources.Planning;

/// <summary>One change that a planner asks for. Applying it needs no further choice.</summary>
public abstract record Edit
{
    private Edit() { }

    /// <summary>Make this object. That it exists already is a failure to be retried with fresh eyes.</summary>
    public sealed record Create(Resource Object) : Edit;

    /// <summary>Replace the object. Its resourceVersion is the precondition; a conflict is retried with fresh eyes.</summary>
    public sealed record Update(Resource Object) : Edit;

    /// <summary>Replace the status half only, under the same precondition.</summary>
    public sealed record UpdateStatus(Resource Object) : Edit;

    /// <summary>Set the number of replicas through the scale subresource, whatever the object's version.</summary>
    public sealed record Scale(KindDefinition Kind, NamespacedName Name, int Replicas) : Edit;

    /// <summary>Delete the object that was read: its uid is the precondition. That it is gone already is success.</summary>
    public sealed record Delete(Resource Object, string PropagationPolicy = Resources.PropagationPolicy.Background) : Edit;

    /// <summary>Tell people: a Kubernetes Event about an object. <paramref name="Type"/> is <c>Normal</c> or <c>Warning</c>.</summary>
    public sealed record Record(Resource About, string Type, string Reason, string Message) : Edit;
}
