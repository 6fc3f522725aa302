using System.Reflection;
using System.Runtime.CompilerServices;

namespace LedgerCredit.Architecture.Tests;

/// <summary>What the assemblies show to others.</summary>
[TestClass]
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [TestMethod]
    public void PublicSignatures_OfEveryProject_HaveNoTypeOfAPackage()
    {
        List<string> found = [];
        int members = 0;
        foreach (SourceProject project in SourceProject.All)
        {
            foreach (Type type in project.Assembly.GetExportedTypes())
            {
                foreach ((string where, Type used) in Signatures(type))
                {
                    members++;
                    found.AddRange(Parts(used)
                        .Where(part => !part.IsGenericParameter && !Framework.Has(part) && SourceProject.FindByAssembly(part.Assembly.GetName().Name!) is null)
                        .Select(part => $"{where} shows {part.FullName}"));
                }
            }
        }

        Assert.IsGreaterThan(1000, members);
        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Classes_OfEveryProject_AreSealedStaticOrAbstract()
    {
        List<string> open =
        [
            .. SourceProject.All
                .SelectMany(project => project.Assembly.GetTypes())
                .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !IsGenerated(type))
                .Select(type => type.FullName!),
        ];

        Assert.IsEmpty(open, string.Join('\n', open));
    }

    [TestMethod]
    public void StaticFields_OfEveryProject_AreNeverChanged()
    {
        List<string> mutable =
        [
            .. SourceProject.All
                .SelectMany(project => project.Assembly.GetTypes())
                .Where(type => !IsGenerated(type))
                .SelectMany(type => type.GetFields(Declared))
                .Where(field => field.IsStatic && !field.IsInitOnly && !field.IsLiteral)
                .Select(field => $"{field.DeclaringType!.FullName}.{field.Name}"),
        ];

        Assert.IsEmpty(mutable, string.Join('\n', mutable));
    }

    // Lambdas, iterators and the data of collection expressions.
    private static bool IsGenerated(Type type) =>
        type.FullName!.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static IEnumerable<(string Where, Type Used)> Signatures(Type type)
    {
        string name = type.FullName!;
        if (type.BaseType is Type baseType)
        {
            yield return (name, baseType);
        }

        foreach (Type part in type.GetInterfaces().Concat(Constraints(type)))
        {
            yield return (name, part);
        }

        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string where = $"{name}.{member.Name}";
            switch (member)
            {
                case FieldInfo field when IsVisible(field.Attributes):
                    yield return (where, field.FieldType);
                    break;
                case MethodBase method when IsVisible(method.Attributes):
                    foreach (Type used in TypesOf(method))
                    {
                        yield return (where, used);
                    }

                    break;
            }
        }
    }

    // Properties and events are covered by their accessors.
    private static IEnumerable<Type> TypesOf(MethodBase method)
    {
        IEnumerable<Type> types = method.GetParameters().Select(parameter => parameter.ParameterType);
        if (method is MethodInfo info)
        {
            types = types.Append(info.ReturnType);
        }

        return method.IsGenericMethodDefinition ? types.Concat(method.GetGenericArguments().SelectMany(a => a.GetGenericParameterConstraints())) : types;
    }

    private static IEnumerable<Type> Constraints(Type type) =>
        type.GetGenericArguments().Where(argument => argument.IsGenericParameter).SelectMany(argument => argument.GetGenericParameterConstraints());

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType && !type.IsGenericTypeDefinition
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : [type];
    }

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;
}
