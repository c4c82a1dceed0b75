// Validates the APL document given first with apl-suggester from the folder given second; every finding is a fault.
const fs = require("fs");
const path = require("path");

const [document, folder] = process.argv.slice(2);
const { StaticAplTemplateValidator } = require(path.join(path.resolve(folder), "node_modules", "apl-suggester"));

Promise.resolve(new StaticAplTemplateValidator().validate(JSON.parse(fs.readFileSync(document, "utf8")))).then((found) => {
  const faults = Array.isArray(found) ? found : Object.values(found || {});
  for (const fault of faults) console.error(JSON.stringify(fault));
  console.log(`${document}: ${faults.length} found by apl-suggester`);
  process.exit(faults.length ? 1 : 0);
});
