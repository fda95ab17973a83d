package io.ferrynfs.tidy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The licences of the components in a CycloneDX SBOM. {@code examples/run} runs it over the SBOM of
 * each artifact: {@code java Licences.java SBOM.xml ...} prints the components that may not be
 * distributed and exits with status 1.
 */
public final class Licences {
  /** Licences under which a component may be distributed beside Apache-2.0 code, unchanged. */
  private static final Set<String> ACCEPTED =
      Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "EPL-1.0", "EPL-2.0", "MIT", "MPL-2.0");

  private Licences() {}

  /**
   * Checks SBOMs.
   *
   * @param args files in CycloneDX's XML format
   * @throws Exception if one cannot be read
   */
  public static void main(String[] args) throws Exception {
    List<String> problems = new ArrayList<>();
    for (String file : args) {
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        problems.addAll(problems(in));
      }
    }
    problems.forEach(System.out::println);
    System.exit(problems.isEmpty() ? 0 : 1);
  }

  /**
   * Returns a line for each component without an accepted licence. A component with several
   * licences may be used under any one of them.
   *
   * @throws IOException if the stream is not an SBOM
   */
  static List<String> problems(InputStream sbom) throws IOException {
    List<String> problems = new ArrayList<>();
    Document document = parse(sbom);
    NodeList components = document.getElementsByTagName("component");
    for (int i = 0; i < components.getLength(); i++) {
      Element component = (Element) components.item(i);
      if (!component.getParentNode().getParentNode().isSameNode(document.getDocumentElement())) {
        continue; // A tool that wrote the SBOM.
      }
      List<String> licences = new ArrayList<>();
      licences.addAll(texts(component, "license", "id"));
      licences.addAll(texts(component, "license", "name"));
      licences.addAll(texts(component, "licenses", "expression"));
      if (licences.stream().noneMatch(ACCEPTED::contains)) {
        problems.add(text(component, "name") + " " + text(component, "version") + ": " + licences);
      }
    }
    return problems;
  }

  private static Document parse(InputStream sbom) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder().parse(sbom);
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(e);
    }
  }

  private static List<String> texts(Element component, String parent, String child) {
    List<String> texts = new ArrayList<>();
    NodeList parents = component.getElementsByTagName(parent);
    for (int i = 0; i < parents.getLength(); i++) {
      NodeList children = ((Element) parents.item(i)).getElementsByTagName(child);
      for (int j = 0; j < children.getLength(); j++) {
        texts.add(children.item(j).getTextContent());
      }
    }
    return texts;
  }

  private static String text(Element component, String child) {
    NodeList found = component.getElementsByTagName(child);
    return found.getLength() == 0 ? "?" : found.item(0).getTextContent();
  }
}
